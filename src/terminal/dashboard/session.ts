import { lstatSync } from 'node:fs'
import type { AgentMonitor, WatchedAgent } from '../../agents/watch/monitor.ts'
import { SelectedOutput } from '../../agents/watch/selected-output.ts'
import { Interrupted } from '../../errors.ts'
import { signalExitCode } from '../../system/signals.ts'
import { sanitizeOutput } from '../sanitize.ts'
import type { DashboardActions } from './actions.ts'
import { withoutReadingKeys } from './keyboard.ts'
import { type DashboardView, type Size, shareRows } from './layout.ts'
import { LookPace } from './look-pace.ts'
import { errorLine, Notice } from './notice.ts'
import { PendingWork } from './pending-work.ts'
import { dashboardRows, LONGEST_LINE } from './rows.ts'
import { type Action, type DashboardState, FIRST_STATE, paste, press, withRows } from './state.ts'

/** How often to see whether something has changed, milliseconds. Costs two stats. */
const GLANCE_MS = 500
/** Exit code after Ctrl-C. */
const INTERRUPTED = 130

const NO_OUTPUT = { of: undefined, seen: [], lines: [] }

type BackgroundAction = Exclude<Action, { kind: 'quit' | 'interrupt' | 'stop' | 'attach' | 'logs' | 'diff' }>

/** What the session needs of the terminal that shows it. */
export interface Screen {
  exit: (result?: unknown) => void
  /** Gives the terminal to something else until that is done. */
  suspend: (use: () => Promise<void>) => Promise<void>
}

/** What drives the dashboard: looks at the agents, takes keys, carries out what they ask for. */
export class DashboardSession {
  private readonly monitor: AgentMonitor
  private readonly actions: DashboardActions & { stop: () => Promise<void> }
  private readonly options: { intervalMs: number; stateFolder: string }
  private readonly selected = new SelectedOutput()
  private readonly listeners = new Set<() => void>()
  private screen: Screen | undefined
  private agents: WatchedAgent[] = []
  private state: DashboardState = FIRST_STATE
  /** What an agent shows. `seen`: the lines as they came, the same array as long as nothing is new. */
  private output: { of: string | undefined; seen: string[]; lines: string[] } = NO_OUTPUT
  private readonly pending = new PendingWork()
  private readonly notice = new Notice()
  private shown: DashboardView
  private shownAs = ''
  private readonly pace: LookPace
  private hasLooked = false
  private looking = false
  private away = false
  /** What asked it to end. */
  private signal: NodeJS.Signals | undefined

  constructor(
    monitor: AgentMonitor,
    actions: DashboardActions & { stop: () => Promise<void> },
    options: { intervalMs: number; stateFolder: string },
  ) {
    this.monitor = monitor
    this.actions = actions
    this.options = options
    this.pace = new LookPace(options.intervalMs)
    this.shown = this.viewNow()
  }

  readonly view = (): DashboardView => this.shown

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** Begins to look; the returned function ends that. */
  readonly connect = (screen: Screen): (() => void) => {
    this.screen = screen
    const { intervalMs } = this.options
    // So that a glance comes when it is time to look.
    const timer = setInterval(() => this.glance(), intervalMs / Math.ceil(intervalMs / GLANCE_MS))
    // Not before the keyboard and job control are ready: nothing else is done while processes are listed.
    const first = setImmediate(() => this.glance())
    return () => {
      clearImmediate(first)
      clearInterval(timer)
    }
  }

  /** Says something in the last line for a while. */
  say(text: string): void {
    this.notice.say(text, () => this.update())
    this.update()
  }

  /** Resolves when all that was begun is done, so that nothing is left half-way. `onWait` hears what it waits for. */
  finish(onWait: (what: string) => void): Promise<void> {
    return this.pending.finish(onWait)
  }

  /** Takes a key. */
  press(key: string, size: Size): void {
    this.notice.clear()
    const { rows } = this.shown
    const { state, action } = press(this.state, key, rows, shareRows(size, rows.length).list)
    this.state = state
    this.update()
    if (action) this.carryOut(action)
    else this.glance()
  }

  /** Takes pasted text. */
  paste(text: string): void {
    this.state = paste(this.state, text)
    this.update()
  }

  /** Hands the terminal over and takes it back, as it may have been changed meanwhile. */
  async whileAway(use: () => Promise<void>): Promise<void> {
    if (this.away || !this.screen) return
    this.away = true
    try {
      await this.screen.suspend(() => withoutReadingKeys(use))
    } catch (error) {
      this.leaveIfInterrupted(error)
      this.say(errorLine(error))
    } finally {
      this.away = false
      if (this.signal) this.interrupt(this.signal)
      this.update()
      this.pace.hurry(performance.now())
      this.glance()
    }
  }

  /** Leaves at once; while the terminal is another program's, once that has given it back. */
  interrupt(signal: NodeJS.Signals): void {
    this.signal = signal
    if (!this.away) this.screen?.exit(signalExitCode(signal))
  }

  /** Leaves where that was why something failed: who held the signal back meanwhile has kept it from us. */
  private leaveIfInterrupted(error: unknown): void {
    if (error instanceof Interrupted) this.screen?.exit(error.exitCode)
  }

  /** Looks where the time has come or something has changed, else only at what the selected agent shows. One at a time. */
  private glance(): void {
    if (this.looking || this.away) return
    this.looking = true
    this.look()
      .catch((error) => this.say(errorLine(error)))
      .finally(() => {
        this.looking = false
      })
  }

  private async look(): Promise<void> {
    const folder = lstatSync(this.options.stateFolder, { throwIfNoEntry: false })?.mtimeMs ?? 0
    const now = performance.now()
    if (this.pace.isTime(now, folder)) {
      const before = process.cpuUsage()
      this.agents = (await this.monitor.look()).agents
      this.update()
      const { user, system } = process.cpuUsage(before)
      this.pace.looked({ at: now, cpuMs: (user + system) / 1000, folder })
      // The second look comes at once: only then is CPU known.
      if (!this.hasLooked) this.pace.hurry(now)
      this.hasLooked = true
    }
    await this.lookAtSelected()
  }

  /** Once more if another agent has been selected in the meantime. */
  private async lookAtSelected(): Promise<void> {
    const { selected } = this.state
    const row = this.agents.find(({ id }) => id === selected)
    const record = row && this.monitor.record(row.id)
    const seen = await this.selected.look(record, row?.status === 'running')
    if (this.state.selected !== selected) return this.lookAtSelected()
    if (selected === this.output.of && seen === this.output.seen) return
    const lines = seen.map((line) => sanitizeOutput(line.slice(0, LONGEST_LINE)))
    this.output = { of: selected, seen, lines }
    this.update()
  }

  /** Shows what there is now, if it looks different from what is shown. */
  private update(): void {
    // What is drawn meanwhile, another program's screen would take.
    if (this.away) return
    const view = this.viewNow()
    const text = JSON.stringify(view)
    if (text === this.shownAs) return
    this.shown = view
    this.shownAs = text
    for (const listener of this.listeners) listener()
  }

  private viewNow(): DashboardView {
    const rows = dashboardRows(this.agents, this.state)
    this.state = withRows(this.state, rows)
    return {
      state: this.state,
      rows,
      total: this.agents.length,
      running: this.agents.filter(({ status }) => status === 'running').length,
      output: this.output.of === this.state.selected ? this.output.lines : [],
      notice: this.notice.text,
    }
  }

  private carryOut(action: Action): void {
    switch (action.kind) {
      case 'quit':
        this.screen?.exit(0)
        return
      case 'interrupt':
        this.screen?.exit(INTERRUPTED)
        return
      case 'stop':
        void this.whileAway(this.actions.stop)
        return
      case 'attach':
      case 'logs':
      case 'diff':
        void this.whileAway(() => this.actions[action.kind](action.name))
        return
      default:
        this.pending.add(`${action.name}: ${action.kind} …`, this.doInBackground(action))
    }
  }

  private async doInBackground(action: BackgroundAction): Promise<void> {
    this.say(`${action.name}: ${action.kind} …`)
    try {
      if (action.kind === 'message') await this.actions.message(action.name, action.text)
      else await this.actions[action.kind](action.name)
      this.say(`${action.name}: ${{ kill: 'killed', restart: 'restarted', message: 'sent' }[action.kind]}`)
    } catch (error) {
      this.leaveIfInterrupted(error)
      this.say(errorLine(error))
    }
    this.pace.hurry(performance.now())
    this.glance()
  }
}
