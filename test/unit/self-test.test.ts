import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SandboxBackend } from '@agentvm/sdk'
import bwrap from '../../sandbox/bwrap/src/index.ts'
import none from '../../sandbox/none/src/index.ts'
import type { Context } from '../../src/agents/context.ts'
import { requireHolding, selfTest } from '../../src/agents/spawn/self-test.ts'
import { Home } from '../../src/settings/home.ts'
import { testPolicy } from '../support/wrapped-policy.ts'

describe('the self-test of a sandbox', function () {
  this.timeout(30_000)
  let context: Context
  beforeEach(() => {
    const home = new Home({ AGENTVM_HOME: mkdtempSync(join(tmpdir(), 'agentvm-self-')) })
    context = { home, warn: () => {}, caller: process.env } as unknown as Context
  })
  afterEach(() => rmSync(context.home.root, { recursive: true, force: true }))

  /** A backend that says that it isolates, and doesn't. */
  const liar: SandboxBackend = { ...none, id: 'liar', capabilities: { ...none.capabilities, isolates: true } }
  const require = (backend: SandboxBackend) => {
    const mode = backend.capabilities.network.includes('none') ? ('none' as const) : ('host' as const)
    const policy = testPolicy(
      { workspace: context.home.root, home: context.home.root },
      { network: { mode } },
    )
    return requireHolding(context, backend, policy, backend.wrap({ ...policy, cwd: '/' }, ['true']))
  }
  const known = () => existsSync(join(context.home.cache, 'self-tests.json'))

  it('finds nothing possible in bubblewrap', async () => {
    assert.deepEqual(await selfTest(context, bwrap), [])
  })

  it('finds what is possible without a sandbox', async () => {
    const holes = await selfTest(context, liar)
    for (const hole of ['reads-host-files', 'writes-outside', 'sees-host-processes', 'can-gain-privileges']) {
      assert.ok(holes.includes(hole), hole)
    }
  })

  it('stops the start under a sandbox that doesn’t hold, each time', async () => {
    for (const _ of [1, 2]) {
      await assert.rejects(require(liar), /doesn't hold here: .*reads-host-files/)
      assert.ok(!known())
    }
  })

  it('is made once for a kind of policy', async () => {
    let wraps = 0
    const backend: SandboxBackend = {
      ...bwrap,
      wrap: (policy, command) => {
        wraps += 1
        return bwrap.wrap(policy, command)
      },
    }
    await require(backend)
    assert.ok(known())
    assert.equal(wraps, 2, 'the one that is to start, and the one of the test')
    for (let again = 0; again < 20; again += 1) await require(backend)
    assert.equal(wraps, 22)
  })

  it('is not made where nothing claims to isolate', async () => {
    await require(none)
    assert.ok(!known())
  })
})
