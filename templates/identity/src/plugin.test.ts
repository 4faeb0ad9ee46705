import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { identityConformance, pluginConformance } from '@agentvm/sdk/testing'
import provider from './index.ts'

pluginConformance(new URL('..', import.meta.url), { describe, it })
identityConformance(provider, { describe, it })

it('signs commits on the host, and puts no key where the agent is', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'template-name-'))
  try {
    const [home, keys] = [join(folder, 'home'), join(folder, 'keys')]
    for (const each of [home, keys]) mkdirSync(each)
    const agent = { id: '0a1b2c3d', name: 'a1', home, keys, mode: 'socket', past: [] } as const
    const { did } = await provider.provision(agent)
    assert.match(did, /^did:key:z6Mk/)
    const settings = provider.gitConfig(agent).map(({ key, value }) => `${key}=${value}`)
    assert.ok(settings.some((line) => line.startsWith('user.signingkey=key::ssh-ed25519 AAAA')))
    assert.deepEqual(readdirSync(home), [])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
