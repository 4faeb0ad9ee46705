import assert from 'node:assert/strict'
import backend from '../../sandbox/none/src/index.ts'
import { testPolicy } from '../support/wrapped-policy.ts'

const policy = testPolicy({ workspace: '/w', home: '/h' }, { network: { mode: 'host' }, env: { A: 'b' } })

describe('the backend without a sandbox', () => {
  it('runs the command as it is, with exactly the policy’s environment', () => {
    assert.deepEqual(backend.wrap(policy, ['a', '--b', 'c d']), {
      argv: ['a', '--b', 'c d'],
      env: { A: 'b' },
      files: [],
      fds: [],
      ignoreSignals: [],
    })
  })

  it('claims nothing', () => {
    const { isolates, relocatesPaths, network, limits, processes } = backend.capabilities
    assert.deepEqual([isolates, relocatesPaths, network, limits], [false, false, ['host'], []])
    assert.deepEqual([processes, backend.rank], ['best-effort', 0])
  })

  it('refuses a policy that closes the network, and an empty command', () => {
    assert.throws(() => backend.wrap({ ...policy, network: { mode: 'none' } }, ['a']), /always open/)
    assert.throws(() => backend.wrap(policy, []), /no command/)
  })

  it('always works', async () => {
    assert.deepEqual(await backend.probe(), { ok: true })
  })
})
