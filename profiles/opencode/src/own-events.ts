import type { EventSource } from '@agentvm/sdk'

/** What OpenCode says of itself: its log. A plugin of ours would make it look for packages on the network at its start. */
export const events: EventSource = {
  file: '.local/share/opencode/log/*.log',
  format: 'logfmt',
  time: 'timestamp',
  session: { field: 'session.id', when: { message: 'stream', mode: 'primary', small: 'false' } },
  rules: [
    { id: 'prompt', when: { message: 'loop', step: '0' }, state: 'working', prompt: true },
    { id: 'end', when: { message: 'exiting loop' }, state: 'idle' },
  ],
}
