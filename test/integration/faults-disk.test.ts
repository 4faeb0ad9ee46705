import { ALL, checkFaults } from '../support/faults/check.ts'
import { DISK_ERRORS, diskFaults, some } from '../support/faults/faults-of.ts'
import type { Fault } from '../support/faults/faulty-home.ts'
import { FAULT_SCENARIOS } from '../support/faults/scenarios.ts'

/** How many effects of each command are tried where not all are. */
const SAMPLES = 1

describe('a command whose disk fails at one of its effects', function () {
  this.timeout(ALL ? 7_200_000 : 60_000)
  for (const [index, scenario] of FAULT_SCENARIOS.entries()) {
    it(`${scenario.title}: says so in words, nothing is lost, and the same command given again succeeds`, async () => {
      const error = DISK_ERRORS[index % DISK_ERRORS.length] as Omit<Fault, 'at'>
      await checkFaults(scenario, {
        kill: false,
        of: (effects) =>
          ALL ? diskFaults(effects, DISK_ERRORS) : some(diskFaults(effects, [error]), SAMPLES),
      })
    })
  }
})
