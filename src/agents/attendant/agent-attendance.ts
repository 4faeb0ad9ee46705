import { setTimeout as sleep } from 'node:timers/promises'
import { type Activity, activityOf } from '../activity/activity.ts'
import type { Context } from '../context.ts'
import { sendQueued } from '../delivery/send-queued.ts'
import { FileChanges } from '../log/file-changes.ts'
import { MessageQueue } from '../messages/queue.ts'
import type { AgentRecord } from '../state/record.ts'
import { SteadyState } from './steady-state.ts'

/** Shortest time between two looks at an agent that prints without pause. */
const LOOK_EVERY_MS = 500
/** How long a state must last before it counts: screens flicker between two turns. */
const STEADY_MS = 1_500

/** Looks at one running agent for as long as somebody attends to it: sends what waits once it is idle, and tells of what it comes to. */
export class AgentAttendance {
  private readonly context: Context
  private readonly record: AgentRecord
  private readonly queue: MessageQueue
  private readonly tell: (activity: Activity) => void
  private readonly changes: FileChanges
  private readonly steady = new SteadyState(STEADY_MS)
  private stopped = false

  /** `tell` hears of each state that lasts, once. */
  constructor(context: Context, record: AgentRecord, tell: (activity: Activity) => void) {
    this.context = context
    this.record = record
    this.tell = tell
    this.queue = new MessageQueue(context.home.messageQueue(record.id))
    this.changes = new FileChanges(record.logFile)
    this.run().catch((error: Error) => context.warn(`agent '${record.name}': ${error.message}`))
  }

  /** Whether this one is about that start of the agent, by the name that it has now. */
  isOf({ id, name, pidStart }: AgentRecord): boolean {
    return this.record.id === id && this.record.name === name && this.record.pidStart === pidStart
  }

  stop(): void {
    this.stopped = true
    this.changes.notify()
    this.changes.close()
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      const activity = await activityOf(this.context, this.record)
      if (activity.state === 'exited') return
      const settled = this.steady.saw(activity)
      if (settled) this.tell(activity)
      if (activity.state === 'idle' && this.steady.isSteady) await this.send()
      await this.changes.next(this.steady.isSteady ? undefined : STEADY_MS)
      await sleep(LOOK_EVERY_MS)
    }
  }

  private async send(): Promise<void> {
    if (!this.queue.list().some(({ state }) => state === 'queued')) return
    const sent = await this.queue.exclusively(() => sendQueued(this.context, this.record, this.queue))
    if (sent) this.steady.forget()
  }
}
