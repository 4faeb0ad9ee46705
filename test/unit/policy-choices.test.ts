import assert from 'node:assert/strict'
import { policyWishes } from '../../src/command-line/policy-flags.ts'
import { choosePolicy } from '../../src/policy/choices.ts'
import { parseSize } from '../../src/settings/size.ts'

const GIB = 1024 ** 3

describe('the layers of a policy', () => {
  it('begin with defaults that bound everything but CPU time', () => {
    const { limits, protect, gitConfig, sources } = choosePolicy([])
    assert.deepEqual(limits, {
      memory: 8 * GIB,
      processes: 1024,
      openFiles: 65_536,
      tmpSize: GIB,
      shmSize: GIB / 4,
      logSize: GIB / 16,
    })
    assert.equal(protect, 'existing')
    assert.equal(gitConfig, 'ro')
    assert.deepEqual(new Set(Object.values(sources)), new Set(['default']))
  })

  it('overrule each other field by field, and remember who decided', () => {
    const { limits, protect, gitConfig, sources } = choosePolicy([
      ['config', { limits: { memory: 1, cpus: 2, tmpSize: 3 }, protect: 'strict', gitConfig: undefined }],
      ['profile', { limits: { memory: 4 }, gitConfig: 'rw' }],
      ['flag', { limits: { cpus: 0, memory: undefined } }],
      ['plugin', { protect: undefined }],
    ])
    assert.deepEqual([limits.memory, limits.cpus, limits.tmpSize, limits.processes], [4, 0, 3, 1024])
    assert.deepEqual([protect, gitConfig], ['strict', 'rw'])
    assert.equal(sources['limits.memory'], 'profile')
    assert.equal(sources['limits.cpus'], 'flag')
    assert.equal(sources['limits.tmpSize'], 'config')
    assert.equal(sources['limits.processes'], 'default')
    assert.equal(sources.protect, 'config')
    assert.equal(sources.gitConfig, 'profile')
  })

  it('take from the flags what was given, and nothing else', () => {
    assert.deepEqual(policyWishes({ 'require-limits': false }), {})
    assert.deepEqual(policyWishes({ memory: 0, pids: 5, 'git-config': 'rw', 'require-limits': true }), {
      limits: { memory: 0, processes: 5 },
      gitConfig: 'rw',
    })
  })
})

describe('a size', () => {
  it('is bytes, or has a unit of 1024', () => {
    const sizes = {
      '0': 0,
      '65536': 65_536,
      '8G': 8 * GIB,
      '512m': GIB / 2,
      '1.5GiB': 1.5 * GIB,
      '2 kb': 2048,
      '1T': 1024 * GIB,
    }
    for (const [text, bytes] of Object.entries(sizes)) assert.equal(parseSize(text), bytes, text)
  })

  it('is nothing else', () => {
    for (const text of ['', 'G', '-1', '1e3', '0x10', '8 GG', '8Gx', 'NaN', '9999999999999T']) {
      assert.equal(parseSize(text), undefined, text)
    }
  })
})
