import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { ActivityRules } from '@agentvm/sdk'
import { screenFromCapture } from '../../src/activity/capture.ts'
import { evaluate } from '../../src/activity/evaluate.ts'
import { SteadyState } from '../../src/agents/attendant/steady-state.ts'

/** A screen of a scripted run of a real agent CLI, and what the script was doing; five a second. */
interface Frame {
  cli: string
  /** Seconds since the start. */
  t: number
  phase: string
}

const frames = gunzipSync(readFileSync(join(import.meta.dirname, '../fixtures/sequences.jsonl.gz')))
  .toString('utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Frame)

/** How long after a key or an answer a screen may show what was before. */
const BEHIND_S = 1

describe('the activity of an agent over time', () => {
  for (const cli of ['claude-code', 'gemini', 'opencode']) {
    const run = frames.filter((frame) => frame.cli === cli)
    const see = async () => {
      const { activity } = (await import(`../../profiles/${cli}/src/activity.ts`)) as {
        activity: ActivityRules
      }
      return run.map((frame) => {
        // Not in the recording. OpenCode hides it in its dialogs; the others always do.
        const cursor_visible = cli === 'opencode' && frame.phase !== 'waiting'
        const screen = screenFromCapture({ ...frame, cursor_visible }, cli)
        return { ...frame, seen: evaluate(screen, activity) }
      })
    }

    it(`of ${cli} goes through a turn with a permission, and another one, without a false step`, async () => {
      let now = 0
      const steady = new SteadyState(600, () => now)
      const steps: string[] = []
      for (const { t, seen } of await see()) {
        now = t * 1000
        if (steady.saw(seen)) steps.push(seen.state)
      }
      const begun = steps.slice(steps.indexOf('idle'))
      assert.deepEqual(begun, ['idle', 'working', 'waiting', 'working', 'idle', 'working', 'idle'])
    })

    it(`of ${cli} is at no moment wrong for longer than the screen is behind`, async () => {
      const wrong: string[] = []
      let since = 0
      let last = ''
      for (const [index, { t, phase, seen }] of (await see()).entries()) {
        if (phase !== last) since = t
        last = phase
        // The script may have noted a step a frame late.
        const goesOn = run[index + 1]?.phase === phase
        const counts = goesOn && phase !== 'shell' && phase !== 'starting' && t - since > BEHIND_S
        if (counts && seen.state !== phase)
          wrong.push(`${t} s: ${phase}, said ${seen.state} by ${seen.evidence}`)
      }
      assert.deepEqual(wrong, [])
    })
  }
})
