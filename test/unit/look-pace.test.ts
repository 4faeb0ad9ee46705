import assert from 'node:assert/strict'
import { LookPace } from '../../src/terminal/dashboard/look-pace.ts'

describe('the pace of the dashboard’s looks', () => {
  const looked = (look: Partial<Parameters<LookPace['looked']>[0]>) => {
    const pace = new LookPace(2_000)
    pace.looked({ at: 10_000, cpuMs: 1, folder: 1, ...look })
    return pace
  }

  it('is the interval where looks take little', () => {
    assert.equal(new LookPace(2_000).isTime(0, 1), true)
    assert.equal(looked({}).isTime(11_500, 1), false)
    assert.equal(looked({}).isTime(11_900, 1), true)
  })

  it('looks at once where an agent has come or gone', () => {
    assert.equal(looked({}).isTime(10_010, 2), true)
  })

  it('keeps below a twentieth of a core, and below a fifth while agents come and go', () => {
    const pace = looked({ cpuMs: 200 })
    assert.deepEqual([pace.isTime(10_000 + 19 * 200, 1), pace.isTime(10_000 + 25 * 200, 1)], [false, true])
    assert.deepEqual([pace.isTime(10_000 + 3 * 200, 2), pace.isTime(10_000 + 5 * 200, 2)], [false, true])
  })

  it('looks at once when asked to, also while it looks', () => {
    const pace = looked({ cpuMs: 200 })
    pace.hurry(10_100)
    assert.equal(pace.isTime(10_101, 1), true)
    pace.looked({ at: 10_050, cpuMs: 200, folder: 1 })
    assert.equal(pace.isTime(10_101, 1), true)
    pace.looked({ at: 10_101, cpuMs: 200, folder: 1 })
    assert.equal(pace.isTime(10_200, 1), false)
  })
})
