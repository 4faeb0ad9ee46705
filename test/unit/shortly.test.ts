import assert from 'node:assert/strict'
import { shortly } from '../../src/system/shortly.ts'

describe('shortly', () => {
  it('looks once for one owner and key', () => {
    const [one, other] = [{}, {}]
    let looks = 0
    const look = () => {
      looks += 1
      return looks
    }
    assert.deepEqual([shortly(one, 'a', look), shortly(one, 'a', look)], [1, 1])
    assert.deepEqual([shortly(one, 'b', look), shortly(other, 'a', look)], [2, 3])
  })

  it('keeps nothing that was thrown', () => {
    const owner = {}
    assert.throws(() =>
      shortly(owner, 'a', () => {
        throw new Error('not now')
      }),
    )
    assert.equal(
      shortly(owner, 'a', () => 'seen'),
      'seen',
    )
  })
})
