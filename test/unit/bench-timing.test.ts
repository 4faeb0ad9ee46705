import assert from 'node:assert/strict'
import { isMet, quantile, timingOf } from '../bench/timing.ts'

describe('a timing of the bench', () => {
  const samples = { wall: [30, 10, 20, 40, 50], cpu: 100 }

  it('has the median, the 95th percentile and the CPU time of a round', () => {
    const { rounds, median, p95, cpu, floor, ratio, met } = timingOf({ name: 'a' }, samples)
    assert.deepEqual({ rounds, median, p95, cpu }, { rounds: 5, median: 30, p95: 50, cpu: 20 })
    assert.deepEqual({ floor, ratio, met }, { floor: null, ratio: null, met: null })
  })

  it('is compared with its floor', () => {
    const against = (target: { ratio: number } | { plus: number }) =>
      timingOf({ name: 'a', floor: 'b', target }, samples, [15, 20, 10])
    assert.equal(against({ ratio: 2 }).ratio, 2)
    assert.deepEqual(
      [{ ratio: 2 }, { ratio: 1.9 }, { plus: 15 }, { plus: 14 }].map((target) => against(target).met),
      [true, false, true, false],
    )
  })

  it('meets a bound that it equals, and none against a floor that nobody measured', () => {
    assert.deepEqual(
      [isMet({ most: 5 }, 5), isMet({ most: 5 }, 5.1), isMet({ least: 5 }, 5), isMet({ least: 5 }, 4.9)],
      [true, false, true, false],
    )
    assert.equal(isMet({ ratio: 100 }, 1), false)
    const { met, ratio } = timingOf({ name: 'a', floor: 'b', target: { ratio: 2 } }, samples)
    assert.deepEqual([met, ratio], [false, Number.NaN])
  })

  it('takes its quantiles from what was measured', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index)
    assert.deepEqual([quantile(hundred, 0.5), quantile(hundred, 0.95)], [50, 95])
    assert.deepEqual([quantile([2, 1], 0.5), quantile([2, 1], 0.95)], [1, 2])
  })

  it('is nothing without a round', () => {
    assert.ok(Number.isNaN(quantile([], 0.5)))
    assert.equal(timingOf({ name: 'a', target: { most: 1 } }, { wall: [], cpu: 0 }).met, false)
  })
})
