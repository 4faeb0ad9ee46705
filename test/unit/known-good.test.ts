import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SandboxBackend } from '@agentvm/sdk'
import type { Context } from '../../src/agents/context.ts'
import { chooseSandbox } from '../../src/agents/spawn/choose-sandbox.ts'
import { rememberedLook, rememberLook } from '../../src/agents/usage/last-look.ts'
import { Home } from '../../src/settings/home.ts'

describe('what one command remembers for the next', () => {
  let context: Context
  beforeEach(() => {
    const home = new Home({ AGENTVM_HOME: mkdtempSync(join(tmpdir(), 'agentvm-known-')) })
    context = { home, settings: {}, extensions: { coreVersion: '1' }, warn: () => {} } as unknown as Context
  })
  afterEach(() => rmSync(context.home.root, { recursive: true, force: true }))

  /** How often a backend is asked by several commands, which have each an object of their own of it. */
  const asked = async (backends: readonly Partial<SandboxBackend>[], ok = true) => {
    let times = 0
    for (const own of backends) {
      const probe = async () => {
        times += 1
        return ok ? { ok } : { ok, reason: 'broken' }
      }
      const backend = { id: 'b', label: 'B', capabilities: { isolates: true }, probe, ...own }
      const extensions = { ...context.extensions, sandbox: async () => backend }
      await chooseSandbox({ ...context, extensions } as unknown as Context, 'b').catch(() => {})
    }
    return times
  }
  const dependsOn = (text: string) => ({ probeDependsOn: () => text })

  it('is a backend’s good answer, as long as that depends on the same', async () => {
    assert.equal(await asked([dependsOn('x'), dependsOn('x'), dependsOn('y'), dependsOn('x')]), 2)
  })

  it('is no answer of a backend that doesn’t say what it depends on, or can’t', async () => {
    const throws = {
      probeDependsOn: () => {
        throw new Error('broken')
      },
    }
    assert.equal(await asked([{}, {}, throws, throws]), 4)
  })

  it('is no bad answer', async () => {
    assert.equal(await asked([dependsOn('z'), dependsOn('z')], false), 2)
  })

  it('is the CPU times that agents had a moment ago', () => {
    const look = { at: 10_000, cpuMs: new Map([['7:9', 120]]) }
    rememberLook(context, look)
    assert.deepEqual(rememberedLook(context, 10_500, 200), look)
    for (const now of [10_100, 9_000, 60_000]) assert.equal(rememberedLook(context, now, 200), undefined)
  })
})
