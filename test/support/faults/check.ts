import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { sweepHome } from '../../../src/agents/state/sweep.ts'
import { until } from '../agentvm.ts'
import type { WorkerResult } from '../cli-worker.ts'
import { AttackedHome } from './attacked-home.ts'
import { DISK_ERRORS, diskFaults, isSignal, killFaults, signalFaults } from './faults-of.ts'
import { type Fault, processesOf } from './faulty-home.ts'
import { requireEnded, requireKilled, requireWords } from './outcomes.ts'
import { type FaultScenario, requireWork, workIn } from './scenario.ts'

/** FAULTS=all lets every effect of every command go wrong (hours on two cores: one scenario takes minutes, --grep names it); else a few of each do. */
export const ALL = process.env.FAULTS === 'all'

/** So many homes of one scenario are attacked at once: much of each attack is waiting for processes. */
const LANES = ALL ? 2 * availableParallelism() : 1

/** What may go wrong in a command with these effects, in groups of one kind each. */
export type FaultGroups = (effects: Effects, scenario: FaultScenario) => Fault[][]

/** It is killed, or its disk fails. */
export const killsAndDisks: FaultGroups = ({ own, here }, { persists }) => [
  killFaults(own),
  diskFaults(
    here,
    DISK_ERRORS.filter(({ stays }) => !(stays && persists)),
  ),
]

/** It is asked to end. */
export const signals: FaultGroups = ({ own }) => [signalFaults(own)]

/**
 * Gives a command, lets one of its effects go wrong, gives it again, and looks whether anything was lost, stands in the
 * way or is left behind; so for each fault that `choose` leaves of each group. Throws with all that was found.
 */
export async function checkFaults(
  scenario: FaultScenario,
  groups: FaultGroups,
  choose: (faults: readonly Fault[]) => Fault[],
): Promise<void> {
  const served = await scenario.serve?.()
  const attacks = Array.from({ length: LANES }, () => new Attack(scenario, served?.env))
  const problems: string[] = []
  try {
    const [effects = { own: [], here: [] }] = await Promise.all(attacks.map((attack) => attack.prepare()))
    const chosen = groups(effects, scenario).flatMap(choose)
    const waiting = chosen.values()
    await Promise.all(
      attacks.map(async (attack) => {
        for (const fault of waiting) {
          const problem = await attack.problemOf(fault)
          const name = (isOwn(fault) ? effects.own : effects.here)[fault.at - 1]
          if (problem) problems.push(`${JSON.stringify(fault)} ${name}: ${problem}`)
        }
      }),
    )
  } finally {
    for (const attack of attacks) await attack.end()
    served?.stop()
  }
  assert.deepEqual(problems, [], problems.join('\n\n'))
  assert.ok(
    attacks.some(({ hasHit }) => hasHit),
    'no fault has hit',
  )
}

/** Names of a command's effects: in a process of its own, which sets up more, and in one that has run others before. */
export interface Effects {
  own: string[]
  here: string[]
}

/** What goes on in the background has written a file by then, and what ends has ended. */
const SETTLES_MS = 3000

/** One home on which a scenario is played again and again. */
export class Attack {
  /** Whether any fault came to pass. */
  hasHit = false
  private readonly home: AttackedHome
  private readonly scenario: FaultScenario
  /** Agents whose work must not get lost. */
  private names: string[] = []
  /** All agents that there were before. */
  private agents: string[] = []

  constructor(scenario: FaultScenario, env: Record<string, string> | undefined) {
    this.scenario = scenario
    this.home = new AttackedHome({ ...(env ? { env } : {}), reloads: scenario.reloads ?? false })
  }

  async prepare(): Promise<Effects> {
    await this.scenario.prepare(this.home)
    this.home.keep()
    await this.home.reset()
    this.names = this.home
      .records()
      .flatMap(({ name, workspace }) => (workIn(workspace) === undefined ? [] : name))
    await this.scenario.start?.(this.home)
    this.agents = this.home.records().map(({ name }) => name)
    const own = await this.home.effects(this.command())
    await this.home.reset()
    await this.scenario.start?.(this.home)
    return { own, here: await this.home.effectsHere(this.command()) }
  }

  end(): Promise<void> {
    return this.home.remove()
  }

  /** What a fault brings about that must not be; undefined if all is well. */
  async problemOf(fault: Fault): Promise<string | undefined> {
    const problem = await this.play(fault, false)
    // What is still going on in the process after a failure ends with it: it counts only if a new process shows it, too.
    return problem && !isOwn(fault) ? this.play(fault, true) : problem
  }

  private async play(fault: Fault, dies: boolean): Promise<string | undefined> {
    let said = ''
    let step = 'before'
    try {
      // One that could not give up a lock would wait for itself.
      if (dies) await this.home.inNewProcess()
      await this.home.reset()
      await this.scenario.start?.(this.home)
      step = 'the fault'
      if (dies) await this.home.inNewProcess()
      const result = await this.give(fault)
      said = result.stdout.slice(-500) + result.stderr
      this.hasHit ||= result.code === 137 || (result.effects?.length ?? 0) >= fault.at
      if (isKill(fault)) requireKilled(result)
      else if (isSignal(fault.kind)) requireEnded(result, fault.kind, this.scenario.reports ?? false)
      else requireWords(result, this.scenario.reports ?? false)
      if (dies) await this.home.inNewProcess()
      else if (keepsFiles(fault)) this.home.dropOwnFiles()
      if (isSignal(fault.kind)) await this.requireTrue(result)
      step = 'after the fault'
      requireWork(this.home, this.names)
      await this.scenario.whole?.(this.home)
      step = 'again'
      const again = await this.home.run(this.command())
      if (again.code !== 0)
        assert.match(again.stderr, this.scenario.doneAlready ?? /^$/, `again: ${again.stderr}`)
      step = 'after it was given again'
      await this.scenario.after(this.home)
      requireWork(this.home, this.names)
      requireJournal(this.home)
      await requireTidy(this.home)
      requireNoGroups(this.home, result.effects ?? [])
      return undefined
    } catch (error) {
      return `${step}: ${(error as Error).message}\n${said}`
    }
  }

  /** A command that a signal came to has done what its exit code and its words say. */
  private async requireTrue({ code, stderr }: WorkerResult): Promise<void> {
    if (code === 0) await this.scenario.after(this.home)
    if (!/everything was taken back/.test(stderr)) return
    const made = this.home.records().flatMap(({ name }) => (this.agents.includes(name) ? [] : name))
    assert.deepEqual(made, [], 'taken back')
  }

  private give(fault: Fault): Promise<WorkerResult> {
    if (isOwn(fault)) return this.home.runFaulty(this.command(), fault)
    return this.home.runFaultyHere(this.command(), fault)
  }

  private command(): readonly string[] {
    const { command } = this.scenario
    return typeof command === 'function' ? command(this.home) : command
  }
}

const isKill = ({ kind }: Fault) => kind === 'kill' || kind === 'torn'

/** It may end the process, which therefore runs that command alone. */
const isOwn = (fault: Fault) => isKill(fault) || isSignal(fault.kind)

/** Where a file may fail to be removed, the process still has its locks when the command has ended. */
const keepsFiles = ({ kind }: Fault) => kind === 'EROFS' || kind === 'EIO'

async function requireTidy(home: AttackedHome): Promise<void> {
  // What is left in the background, such as a registration, writes its files aside, too, and has them for a moment.
  let litter: string[] = []
  const isTidy = () => {
    sweepHome(home.home)
    litter = home.litter()
    return litter.length === 0
  }
  await until(isTidy, 'a tidy home', SETTLES_MS).catch(() => {})
  assert.deepEqual(litter, [], 'litter')
  if (home.records().every(({ endReason }) => endReason !== undefined)) {
    await until(() => processesOf(home).length === 0, 'no processes', SETTLES_MS).catch(() => {})
    assert.deepEqual(processesOf(home), [], 'processes')
  }
}

/** No control group stays of an agent that doesn't run. */
function requireNoGroups(home: AttackedHome, effects: readonly string[]): void {
  const running = home.records().flatMap(({ id, endReason }) => (endReason === undefined ? id : []))
  const left = effects
    .flatMap((effect) => /mkdir (\/sys\/fs\/cgroup\/.*)$/.exec(effect)?.[1] ?? [])
    .filter((folder) => existsSync(folder) && !running.some((id) => folder.endsWith(`-${id}`)))
  assert.deepEqual(left, [], 'control groups')
}

/** Every line of the journal is whole, but for one that was cut off. */
function requireJournal(home: AttackedHome): void {
  if (!existsSync(home.file('events.jsonl'))) return
  const damaged = readFileSync(home.file('events.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !isJson(line))
  assert.ok(damaged.length <= 1, `damaged lines of the journal: ${damaged.join('\n')}`)
}

function isJson(line: string): boolean {
  try {
    JSON.parse(line)
    return true
  } catch {
    return false
  }
}
