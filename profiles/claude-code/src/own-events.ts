import { type EventHook, hookEvents } from '@agentvm/sdk'

/** Where its hooks write, relative to the agent's home. */
export const EVENTS_FILE = '.claude/agentvm-events.jsonl'

/** The hooks that write there. Its transcript tells of no end of a turn, and a hook on each use of a tool would cost time. */
export const EVENT_HOOKS: EventHook[] = [
  { on: 'UserPromptSubmit', as: 'prompt' },
  { on: 'PermissionRequest', as: 'permission', matcher: '*' },
  { on: 'Stop', as: 'stop' },
]

/** What Claude Code says of itself. */
export const events = hookEvents(EVENTS_FILE)
