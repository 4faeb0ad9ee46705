import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { IdentitySubject } from '@agentvm/sdk'
import gitlawb from '../../plugins/gitlawb/src/index.ts'
import { GitlawbNode } from '../support/gitlawb-node.ts'

/** A real node and, where its gate is on, its iCaptcha service; the double without. See docs/identity.md. */
const { AGENTVM_TEST_GITLAWB_NODE: real, AGENTVM_TEST_GITLAWB_ICAPTCHA: service } = process.env

describe(`a gitlawb node (${real ? 'a real one' : 'the double'})`, function () {
  this.timeout(480_000)
  const kept = {
    GITLAWB_NODE: process.env.GITLAWB_NODE,
    GITLAWB_ICAPTCHA_URL: process.env.GITLAWB_ICAPTCHA_URL,
  }
  let double: GitlawbNode | undefined
  let home: string
  const agent = (): IdentitySubject => ({
    ...{ id: 'abcd1234', name: 'a1', home, keys: join(home, 'keys'), mode: 'file', past: [] },
  })
  const register = () => gitlawb.register(agent(), AbortSignal.timeout(90_000))

  before(async () => {
    home = mkdtempSync(join(tmpdir(), 'agentvm-node-'))
    if (!real) double = await GitlawbNode.start()
    process.env.GITLAWB_NODE = real ?? double?.url
    if (service) process.env.GITLAWB_ICAPTCHA_URL = service
  })
  after(() => {
    double?.stop()
    rmSync(home, { recursive: true, force: true })
    for (const [name, value] of Object.entries(kept)) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  })

  it('takes a key, and lets it go when it is replaced', async () => {
    const { did } = await gitlawb.provision(agent())
    const known = await register()
    assert.deepEqual([known.did, known.registered, known.reason], [did, true, undefined])
    const next = await gitlawb.rotate(agent())
    assert.deepEqual([next.registered, next.reason], [false, 'it has not been registered yet'])
    assert.equal((await register()).registered, true)
  })

  it('lets a key go that is revoked', async () => {
    await gitlawb.provision(agent())
    assert.equal((await register()).registered, true)
    assert.equal(await gitlawb.revoke(agent()), undefined)
  })
})
