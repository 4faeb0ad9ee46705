import { ALL, checkFaults } from '../support/faults/check.ts'
import { killFaults, some } from '../support/faults/faults-of.ts'
import { FAULT_SCENARIOS } from '../support/faults/scenarios.ts'

/** How many effects of each command are tried where not all are. */
const SAMPLES = 2

describe('a command that is killed with -9 at one of its effects, or half-way in a write', function () {
  this.timeout(ALL ? 7_200_000 : 60_000)
  for (const scenario of FAULT_SCENARIOS) {
    it(`${scenario.title}: nothing is lost, and the same command given again ends what it began`, async () => {
      await checkFaults(scenario, {
        kill: true,
        of: (effects) => (ALL ? killFaults(effects) : some(killFaults(effects), SAMPLES)),
      })
    })
  }
})
