import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ActivityRules } from '@agentvm/sdk'
import { screenFromCapture } from '../../src/activity/capture.ts'
import { evaluate } from '../../src/activity/evaluate.ts'

/** A screen of a real agent CLI that somebody has labelled by what the program really did. */
interface Labelled {
  id: string
  cli: string
  label: string
  reason: string | null
}

const corpus = readFileSync(join(import.meta.dirname, '../fixtures/screens.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Labelled)

const rulesOf = async (cli: string): Promise<ActivityRules> =>
  (await import(`../../profiles/${cli}/src/activity.ts`)).activity

describe('the activity rules of the profiles', () => {
  const wrong: string[] = []

  for (const cli of new Set(corpus.map((screen) => screen.cli))) {
    it(`tell what ${cli} is doing from its recorded screens`, async () => {
      const rules = await rulesOf(cli)
      const screens = corpus.filter((screen) => screen.cli === cli)
      for (const screen of screens) {
        const { state, evidence } = evaluate(screenFromCapture(screen, screen.id), rules)
        if (state !== screen.label) wrong.push(`${screen.id}: ${screen.label}, said ${state} by ${evidence}`)
      }
      assert.ok(wrong.length <= Math.max(1, screens.length * 0.03), wrong.join('\n'))
    })
  }

  it('are right for at least 99 of 100 screens', () => {
    assert.ok(wrong.length <= corpus.length / 100, wrong.join('\n'))
  })

  it('give the right reason where somebody is waited for', async () => {
    const reasons: string[] = []
    for (const screen of corpus.filter(({ label }) => label === 'waiting' || label === 'blocker')) {
      const { reason } = evaluate(screenFromCapture(screen, screen.id), await rulesOf(screen.cli))
      if (reason !== screen.reason) reasons.push(`${screen.id}: ${screen.reason}, said ${reason}`)
    }
    assert.deepEqual(reasons, [])
  })
})
