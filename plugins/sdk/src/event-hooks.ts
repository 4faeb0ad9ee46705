import type { EventSource } from './events.ts'
import { isObject, type JsonValue, parseJsonObject } from './merge-json.ts'

/** The events that hooks of {@link addEventHooks} write whose `as` is `prompt`, `permission` or `stop`. */
export function hookEvents(file: string): EventSource {
  return {
    file,
    time: 'at',
    session: { field: 'session' },
    rules: [
      { id: 'prompt', when: { event: 'prompt' }, state: 'working', prompt: true },
      { id: 'permission', when: { event: 'permission' }, state: 'waiting', reason: 'permission' },
      { id: 'stop', when: { event: 'stop' }, state: 'idle' },
    ],
  }
}

/** A hook of a CLI that has them as Claude Code does, and what to call the event that it tells of. */
export interface EventHook {
  /** The CLI's name of the event, such as `Stop`. */
  on: string
  /** The value of `event` in the line that is written. */
  as: string
  /** What of the event is meant, where the CLI wants to know. */
  matcher?: string
  /** What to call the hook, where the CLI shows which one it runs. */
  name?: string
}

/**
 * The `hooks` of a CLI's settings with ours added, which write events for {@link EventSource}: lines such as
 * `{"event":"stop","at":1795569698,"session":"b36d…"}`, `at` in seconds since 1970. What else the settings hold stays,
 * and ours are there once, however often this is called. For CLIs whose settings have the form of Claude Code's, and that
 * give a hook its input on standard input, with `session_id` near its beginning.
 *
 * `settings`: the text of the settings as they are. `file`: where to write, relative to the agent's home.
 */
export function addEventHooks(
  settings: string | undefined,
  file: string,
  hooks: readonly EventHook[],
): { [key: string]: JsonValue } {
  const { hooks: known } = parseJsonObject(settings)
  const before = isObject(known) ? known : {}
  return Object.fromEntries(
    hooks.map(({ on, as, matcher, name }) => {
      const there = before[on]
      const others = Array.isArray(there) ? there.filter((each) => !JSON.stringify(each).includes(file)) : []
      const hook = { ...(name === undefined ? {} : { name }), type: 'command', command: commandOf(file, as) }
      return [on, [...others, { ...(matcher === undefined ? {} : { matcher }), hooks: [hook] }]]
    }),
  )
}

/**
 * Writes an event as one short line, so that the lines of hooks that run at once don't mix. Of its input only the id of
 * the session is kept; the rest may hold a long prompt.
 */
function commandOf(file: string, event: string): string {
  return [
    `s=$(head -c 1024 | tr '\\n' ' ' | sed -n 's/^[^"]*\\("[^"]*": *"[^"]*", *\\)*"session_id": *"\\([A-Za-z0-9_.-]*\\)".*/\\2/p')`,
    'cat >/dev/null',
    `printf '{"event":"${event}","at":%s,"session":"%s"}\\n' "$(date +%s)" "$s" >>"$HOME/${file}"`,
    'exit 0',
  ].join('; ')
}
