import type { ActivityRules } from '@agentvm/sdk'
import { profileOf } from './terminal-agent.ts'

/**
 * An agent CLI that says itself what it does. It works on a prompt until it finds `go`, or is interrupted; on `quick` ones
 * not at all. An interrupt ends neither it nor what it has to say.
 */
export const STAND_IN = `
say() { echo "{\\"event\\":\\"$1\\",\\"at\\":$(trap '' INT; date +%s)}" >>"$HOME/events.jsonl"; }
trap 'stopped=1' INT
stopped=
while printf 'ready> ' && { read -r prompt || [ -n "$stopped" ]; }; do
  stopped=
  [ -n "$prompt" ] || continue
  say prompt
  case $prompt in
    quick*) ;;
    limit*) printf '! at its limit\\n'; while [ -z "$stopped" ] && [ ! -e go ]; do sleep 0.05; done; rm -f go ;;
    *) printf '* at work on %s\\n' "$prompt"
      while [ -z "$stopped" ] && [ ! -e go ]; do sleep 0.05; done; rm -f go
      [ -z "$stopped" ] || printf 'stopped' ;;
  esac
  say stop
  printf '\\n'
  echo "$prompt" >>done
done
`

const activity: ActivityRules = {
  rules: [
    { id: 'works', state: 'working', in: 'bottom', lines: 1, match: '^\\* at work' },
    { id: 'limit', state: 'waiting', reason: 'limit', in: 'bottom', lines: 1, match: '^! at its limit' },
    { id: 'asks', state: 'blocker', reason: 'trust', in: 'bottom', lines: 1, match: '^trust this folder' },
    { id: 'prompt', state: 'idle', in: 'bottom', lines: 1, match: '^ready>' },
  ],
}

/** Its profile. */
export const STANDIN = profileOf('standin', {
  ...{ activity, interruptKeys: ['C-c'] },
  events: {
    ...{ file: 'events.jsonl', time: 'at' },
    rules: [
      { id: 'prompt', when: { event: 'prompt' }, state: 'working', prompt: true },
      { id: 'stop', when: { event: 'stop' }, state: 'idle' },
    ],
  },
})

/** The same, where only its screen tells. */
export const SILENT = profileOf('silent', { activity })
/** A profile that doesn't say how to tell what it does. */
export const UNTOLD = profileOf('untold')
