import type { EventSource } from '@agentvm/sdk'

/**
 * What Codex says of itself: the log of its session. A sub-agent has one of its own, so the session's id comes from the
 * prompts that were typed.
 */
export const events: EventSource = {
  file: '.codex/sessions/*/*/*/rollout-*.jsonl',
  time: 'timestamp',
  session: { file: '.codex/history.jsonl', field: 'session_id' },
  rules: [
    {
      id: 'task-started',
      when: { type: 'event_msg', 'payload.type': 'task_started' },
      state: 'working',
      prompt: true,
    },
    { id: 'task-complete', when: { type: 'event_msg', 'payload.type': 'task_complete' }, state: 'idle' },
    { id: 'turn-aborted', when: { type: 'event_msg', 'payload.type': 'turn_aborted' }, state: 'idle' },
  ],
}
