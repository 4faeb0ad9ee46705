import { activityOf } from '../activity/activity.ts'
import type { Context } from '../context.ts'
import { sendQueued } from '../delivery/send-queued.ts'
import { settle } from '../end/settle.ts'
import { FileChanges } from '../log/file-changes.ts'
import { MessageQueue } from '../messages/queue.ts'
import { liveness } from '../state/liveness.ts'
import type { AgentRecord } from '../state/record.ts'
import { type Notice, Notices } from './notices.ts'
import { notifyUser } from './notify.ts'
import { SteadyState } from './steady-state.ts'

/** An agent that prints is looked at once it pauses for so long; */
const PAUSE_MS = 500
/** and one that prints without pause, as spinners do, so often. */
const LOOK_EVERY_MS = 2_000
/** One that prints nothing is looked at so often: its own events may say something, or a change was missed. */
const LOOK_ANYWAY_MS = 5_000
/** What goes wrong, as on a full disk, is tried again after so long. */
const TRY_AGAIN_MS = 2_000
/** How long a state must last before it counts: screens flicker between two turns. */
const STEADY_MS = 1_500

/** Looks at one running agent for as long as somebody attends to it: sends what waits once it is idle, and tells the user of what it comes to. */
export class AgentAttendance {
  /** Resolves when it has ended: the agent has, or it was told to stop. */
  readonly done: Promise<void>
  private readonly context: Context
  private readonly record: AgentRecord
  private readonly queue: MessageQueue
  private readonly changes: FileChanges
  private readonly steady = new SteadyState(STEADY_MS)
  private readonly notices = new Notices()
  private stopped = false
  private warned = ''

  constructor(context: Context, record: AgentRecord) {
    this.context = context
    this.record = record
    this.queue = new MessageQueue(context.home.messageQueue(record.id))
    this.changes = new FileChanges(record.logFile)
    this.done = this.run().catch((error: Error) => this.warn(error))
  }

  /** Whether this one is about that start of the agent, by the name that it has now. */
  isOf({ id, name, pidStart }: AgentRecord): boolean {
    return this.record.id === id && this.record.name === name && this.record.pidStart === pidStart
  }

  stop(): void {
    this.stopped = true
    this.changes.notify()
  }

  private async run(): Promise<void> {
    try {
      while (!this.stopped && this.isRunning()) {
        await this.lookOnce()
      }
    } finally {
      this.changes.close()
    }
    if (!this.isRunning()) await this.tellOfEnd()
  }

  private async lookOnce(): Promise<void> {
    try {
      await this.look()
      await this.untilWorthALook()
    } catch (error) {
      this.warn(error as Error)
      await this.changes.next(TRY_AGAIN_MS)
    }
  }

  /** Waits until it has printed and paused, a state may have lasted for long enough, a message waits, or it is time. */
  private async untilWorthALook(): Promise<void> {
    const anyway = performance.now() + LOOK_ANYWAY_MS
    while (!this.stopped && performance.now() < anyway) {
      if (await this.changes.next(this.steady.isSteady ? undefined : STEADY_MS)) return this.untilPause()
      if (!this.steady.isSteady || this.queue.isWaiting) return
    }
  }

  private async untilPause(): Promise<void> {
    for (const end = performance.now() + LOOK_EVERY_MS; !this.stopped && performance.now() < end; ) {
      if (!(await this.changes.next(PAUSE_MS))) return
    }
  }

  private async look(): Promise<void> {
    const activity = await activityOf(this.context, this.record)
    const lasts = this.steady.saw(activity)
    // What waits for it comes next: it is not done.
    if (activity.state === 'idle' && (await this.send())) return
    await this.tell(this.notices.saw(this.record, activity, lasts))
  }

  /** Sends the first message that waits. Returns whether there is one. */
  private async send(): Promise<boolean> {
    if (!this.queue.isWaiting) return false
    const sent = await this.queue.exclusively(() => sendQueued(this.context, this.record, this.queue))
    if (sent) this.steady.forget()
    return true
  }

  private async tellOfEnd(): Promise<void> {
    const known = this.context.store.byId(this.record.id)
    const ended = known && (await settle(this.context, known))
    if (ended?.pidStart === this.record.pidStart) await this.tell(this.notices.ended(ended))
  }

  private async tell(notice: Notice | undefined): Promise<void> {
    if (notice) await notifyUser(this.context, this.record, notice).catch((error: Error) => this.warn(error))
  }

  private isRunning(): boolean {
    return liveness(this.record, this.context.home) === 'running'
  }

  /** Says what goes wrong, once for as long as it is the same. */
  private warn({ message }: Error): void {
    if (message === this.warned) return
    this.warned = message
    this.context.warn(`agent '${this.record.name}': ${message}`)
  }
}
