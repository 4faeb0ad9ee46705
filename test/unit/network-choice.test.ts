import assert from 'node:assert/strict'
import type { SandboxBackend } from '@agentvm/sdk'
import codex from '../../profiles/codex/src/index.ts'
import type { Context } from '../../src/agents/context.ts'
import { chooseNetwork } from '../../src/agents/network/choose-network.ts'
import { formatRule } from '../../src/network/rules.ts'

type Capabilities = Partial<SandboxBackend['capabilities']>

describe('the network of a spawn', () => {
  const backend = (capabilities: Capabilities) =>
    ({
      label: 'a box',
      capabilities: { isolates: true, network: ['host', 'none'], ...capabilities },
    }) as SandboxBackend
  const full = backend({ network: ['host', 'none', 'allowlist'] })
  const choose = (
    box: SandboxBackend,
    request: Partial<Parameters<typeof chooseNetwork>[3]> = {},
    settings = {},
  ) => {
    const warnings: string[] = []
    const context = {
      settings,
      caller: {},
      warn: (text: string) => void warnings.push(text),
    } as unknown as Context
    const none = { network: undefined, allow: [], earlier: undefined, remotes: [] }
    return { ...chooseNetwork(context, box, codex, { ...none, ...request }), warnings }
  }

  it('is an allow-list of the profile’s hosts where the backend can enforce one', () => {
    const { mode, allow } = choose(full)
    assert.equal(mode, 'allowlist')
    const { required, login, optional } = codex.hosts
    assert.deepEqual(allow.map(formatRule), [...required, ...login, ...optional])
    assert.equal(allow[0]?.from, 'profile codex')
  })

  it('is what the flag says, else what the settings say', () => {
    assert.equal(choose(full, { network: 'none' }, { net: 'host' }).mode, 'none')
    assert.equal(choose(full, {}, { net: 'host' }).mode, 'host')
  })

  it('is the host’s where the backend knows no allow-list, which is said, and never where one was asked for', () => {
    const { mode, warnings } = choose(backend({}))
    assert.equal(mode, 'host')
    assert.match(warnings[0] ?? '', /a box can't enforce an allow-list.*--net none/)
    assert.deepEqual(choose(backend({ isolates: false })).warnings, [])
    assert.throws(() => choose(backend({}), { network: 'allowlist' }), /can't enforce/)
  })

  it('is refused, not opened, where the machine lacks what an allow-list takes', () => {
    const lacking = backend({
      network: ['host', 'none', 'allowlist'],
      networkLacks: [{ mode: 'allowlist', reason: 'socat is not installed', packages: ['socat'] }],
    })
    assert.throws(
      () => choose(lacking),
      (error: { message: string; fix: string }) =>
        /socat is not installed/.test(error.message) && /socat.*--net none/.test(error.fix),
    )
    assert.equal(choose(lacking, { network: 'none' }).mode, 'none')
  })

  it('keeps what agentvm net opened and closed, and lets a flag open again what was closed', () => {
    const earlier = {
      allow: [
        { host: 'by.net.example', port: 443, from: 'agentvm net' },
        { host: 'by.flag.example', port: 443, from: '--allow' },
      ],
      revoked: ['api.openai.com', 'two.example'],
    }
    const rules = (request: object) => choose(full, { earlier, ...request }).allow.map(formatRule)
    assert.ok(rules({}).includes('by.net.example'))
    assert.ok(!rules({}).includes('by.flag.example'))
    assert.ok(!rules({}).includes('api.openai.com'))
    const again = choose(full, { earlier, allow: ['api.openai.com'] })
    assert.deepEqual(again.revoked, ['two.example'])
    assert.equal(again.allow[0]?.host, 'api.openai.com')
  })
})
