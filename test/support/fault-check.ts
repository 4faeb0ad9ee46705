import assert from 'node:assert/strict'
import { sweepHome } from '../../src/agents/state/sweep.ts'
import type { CliResult } from './agentvm.ts'
import { type FaultScenario, requireWork } from './fault-scenarios.ts'
import { type Fault, FaultyHome, processesOf } from './faulty-home.ts'

/** Which effects of a command, whose names these are, go wrong one after the other, each in a run of its own. */
export type Faults = (effects: readonly string[]) => Fault[]

/** FAULTS=all lets every effect of every command go wrong (an hour); else a few of each do. */
export const ALL = process.env.FAULTS === 'all'

/** Numbers of effects to try: all of them, or some that lie evenly. */
export function chosen(count: number, samples: number): number[] {
  const every = Array.from({ length: count }, (_, index) => index + 1)
  const stride = ALL ? 1 : Math.ceil(count / samples)
  return every.filter((at) => at % stride === 0)
}

/**
 * Gives a command, lets one of its effects go wrong, gives it again, and looks whether anything was lost, stands in the
 * way or is left behind; so for each fault. Throws with all that was found. `outcome` looks at what the command that
 * went wrong came to.
 */
export async function checkFaults(
  scenario: FaultScenario,
  faults: Faults,
  outcome: (result: CliResult) => void,
): Promise<void> {
  const home = new FaultyHome()
  const problems: string[] = []
  try {
    await scenario.prepare(home)
    home.keep()
    const names = home.records().map(({ name }) => name)
    await scenario.start?.(home)
    const effects = await home.effects(scenario.command)
    for (const fault of faults(effects)) {
      await home.reset()
      await scenario.start?.(home)
      const result = await home.runFaulty(scenario.command, fault)
      try {
        outcome(result)
        requireWork(home, names)
        const again = await home.run(scenario.command)
        if (again.code !== 0) assert.match(again.stderr, scenario.doneAlready ?? /^$/, 'again')
        await scenario.after(home)
        requireWork(home, names)
        requireTidy(home)
      } catch (error) {
        problems.push(`${fault.kind} ${effects[fault.at - 1]}: ${(error as Error).message}\n${result.stderr}`)
      }
    }
  } finally {
    await home.remove()
  }
  assert.deepEqual(problems, [], problems.join('\n\n'))
}

function requireTidy(home: FaultyHome): void {
  sweepHome(home.home)
  assert.deepEqual(home.litter(), [], 'litter')
  if (home.records().every(({ endReason }) => endReason !== undefined)) {
    assert.deepEqual(processesOf(home), [], 'processes')
  }
}
