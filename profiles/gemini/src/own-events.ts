import { type EventHook, hookEvents } from '@agentvm/sdk'

/** Where its hooks write, relative to the agent's home. */
export const EVENTS_FILE = '.gemini/agentvm-events.jsonl'

/** The hooks that write there. It shows their name while they run. */
export const EVENT_HOOKS: EventHook[] = [
  { on: 'BeforeAgent', as: 'prompt', name: 'agentvm' },
  { on: 'Notification', as: 'permission', name: 'agentvm' },
  { on: 'AfterAgent', as: 'stop', name: 'agentvm' },
]

/** What Gemini CLI says of itself. */
export const events = hookEvents(EVENTS_FILE)
