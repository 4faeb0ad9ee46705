import { ALL, checkFaults } from '../support/faults/check.ts'
import type { Fault } from '../support/faults/faulty-home.ts'
import { FAULT_SCENARIOS } from '../support/faults/scenarios.ts'

/** Where in a command the one fault of each kind lies that is tried if not all are: elsewhere in each. */
const placeOf = (index: number) => (index * 0.618) % 1

describe('a command that is killed with -9, or whose disk fails, at one of its effects', function () {
  this.timeout(ALL ? 7_200_000 : 120_000)
  for (const [index, scenario] of FAULT_SCENARIOS.entries()) {
    if (scenario.isSlow && !ALL) continue
    it(`${scenario.title}: loses nothing, and the same command given again ends what it began`, async () => {
      const some = (faults: readonly Fault[]) => {
        const at = Math.floor(placeOf(index) * faults.length)
        return faults.slice(at, at + 1)
      }
      await checkFaults(scenario, (faults) => (ALL ? [...faults] : some(faults)))
    })
  }
})
