import assert from 'node:assert/strict'
import { ALL, checkFaults, chosen } from '../support/fault-check.ts'
import { FAULT_SCENARIOS } from '../support/fault-scenarios.ts'
import type { Fault } from '../support/faulty-home.ts'

/** How many effects of each command are tried where not all are. */
const SAMPLES = 1
/** From there on the disk takes nothing more, or that one time only. */
const KINDS: Omit<Fault, 'at'>[] = [
  { kind: 'ENOSPC', stays: true },
  { kind: 'EIO' },
  { kind: 'EROFS', stays: true },
  { kind: 'EMFILE' },
  { kind: 'EDQUOT', stays: true },
]

describe('a command whose disk fails at one of its effects', function () {
  this.timeout(ALL ? 7_200_000 : 60_000)
  for (const [index, scenario] of FAULT_SCENARIOS.entries()) {
    it(`${scenario.title}: says so in words, nothing is lost, and the same command given again succeeds`, async () => {
      const kinds = ALL ? KINDS : [KINDS[index % KINDS.length] as Omit<Fault, 'at'>]
      await checkFaults(
        scenario,
        (effects) => {
          const disk = effects.flatMap((effect, at) => (/^\d+ (?:spawn|kill) /.test(effect) ? [] : [at + 1]))
          return chosen(disk.length, SAMPLES).flatMap((nth) =>
            kinds.map((kind) => ({ at: disk[nth - 1] ?? 1, ...kind })),
          )
        },
        ({ code, stderr }) => {
          assert.ok(code >= 0 && code <= 125, `exit code ${code}`)
          assert.doesNotMatch(stderr, /unexpected|^\s+at /m)
          if (code !== 0) assert.match(stderr, /^agentvm: \S.*\n {2}→ \S/m)
        },
      )
    })
  }
})
