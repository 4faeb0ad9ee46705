import assert from 'node:assert/strict'
import { ALL, checkFaults, chosen } from '../support/fault-check.ts'
import { FAULT_SCENARIOS } from '../support/fault-scenarios.ts'
import type { Fault } from '../support/faulty-home.ts'

/** How many effects of each command are tried where not all are. */
const SAMPLES = 2

describe('a command that is killed with -9 at one of its effects, or half-way in a write', function () {
  this.timeout(ALL ? 7_200_000 : 60_000)
  for (const scenario of FAULT_SCENARIOS) {
    it(`${scenario.title}: nothing is lost, and the same command given again ends what it began`, async () => {
      let killed = 0
      await checkFaults(
        scenario,
        (effects) =>
          chosen(effects.length, SAMPLES).flatMap((at) => {
            const isWrite = / write /.test(effects[at - 1] ?? '')
            const kinds: Fault['kind'][] = ALL && isWrite ? ['kill', 'torn'] : [isWrite ? 'torn' : 'kill']
            return kinds.map((kind) => ({ at, kind }))
          }),
        ({ code }) => {
          // With fewer effects than the first time, such as one look less at what ends, it comes to its end.
          assert.ok(code === 137 || code === 0, `exit code ${code}`)
          killed += code === 137 ? 1 : 0
        },
      )
      assert.ok(killed > 0, 'it was never killed')
    })
  }
})
