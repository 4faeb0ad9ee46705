import { ALL, checkFaults, type FaultGroups, killsAndDisks, signals } from '../support/faults/check.ts'
import type { Fault } from '../support/faults/faulty-home.ts'
import type { FaultScenario } from '../support/faults/scenario.ts'
import { FAULT_SCENARIOS } from '../support/faults/scenarios.ts'

/** Of those that hold signals back, and of those that don't: the rest is left to the long form. */
const SIGNALLED = /^(?:restart of a running agent|clone --start|run --keep)$/

/** Where in a command the one fault of each group lies that is tried if not all are: elsewhere in each. */
const placeOf = (index: number) => (index * 0.618) % 1

function attackAll(groups: FaultGroups, isTried: (scenario: FaultScenario) => boolean): void {
  for (const [index, scenario] of FAULT_SCENARIOS.entries()) {
    if (!ALL && !isTried(scenario)) continue
    it(`${scenario.title}: loses nothing, and the same command given again ends what it began`, async () => {
      const some = (faults: readonly Fault[]) => {
        const at = Math.floor(placeOf(index) * faults.length)
        return faults.slice(at, at + 1)
      }
      await checkFaults(scenario, groups, (faults) => (ALL ? [...faults] : some(faults)))
    })
  }
}

describe('a command that is killed with -9, or whose disk fails, at one of its effects', function () {
  this.timeout(ALL ? 7_200_000 : 480_000)
  attackAll(killsAndDisks, ({ isSlow }) => !isSlow)
})

describe('a command that a signal to end reaches at one of its effects', function () {
  this.timeout(ALL ? 7_200_000 : 480_000)
  attackAll(signals, ({ title }) => SIGNALLED.test(title))
})
