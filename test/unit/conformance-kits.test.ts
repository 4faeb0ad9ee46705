import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { IdentityProvider, Profile, SandboxBackend } from '@agentvm/sdk'
import {
  identityConformance,
  pluginConformance,
  profileConformance,
  sandboxConformance,
} from '../../plugins/sdk/src/testing/index.ts'
import claudeCode from '../../profiles/claude-code/src/index.ts'
import none from '../../sandbox/none/src/index.ts'
import { ROOT } from '../support/cli-installed.ts'
import { failuresOf } from '../support/conformance.ts'

const assertFinds = async (failures: Promise<string[]>, ...problems: RegExp[]) => {
  const found = await failures
  for (const problem of problems)
    assert.ok(
      found.some((line) => problem.test(line)),
      `${problem} in:\n${found.join('\n')}`,
    )
}

describe('the conformance kit for profiles', () => {
  const broken = (changes: Partial<Profile>) =>
    failuresOf((framework) => profileConformance({ ...claudeCode, ...changes }, framework))

  it('finds what is wrong with each part of a profile', async () => {
    await assertFinds(broken({ label: '' }), /^keeps the schema: label/)
    await assertFinds(broken({ command: ['/opt/claude'] }), /\/opt\/claude is a path/)
    await assertFinds(broken({ install: { npm: 'x', hint: 'ask somebody' } }), /npm package x/)
    await assertFinds(broken({ command: ['claude', ...claudeCode.autonomousArgs] }), /where nothing isolates/)
    await assertFinds(
      broken({ prompt: { via: 'argument', args: ['{prompt}'] } }),
      /prompt\.args.*needs a '--'/,
    )
    const headless = { args: ['--', '{prompt}'], autonomousArgs: [], stdin: 'closed' as const }
    await assertFinds(broken({ headless }), /headless\.args holds '--'/)
    const env = { anyOf: ['A_KEY'], allOf: [], optional: [], set: { A_KEY: 'x' } }
    await assertFinds(broken({ env }), /A_KEY is both set and taken/)
    await assertFinds(broken({ state: { copy: ['.x'], never: ['.x'] } }), /\.x is in both lists/)
  })

  it('finds a setup that writes elsewhere, differs, breaks on damage or keeps a secret', async () => {
    const setup = (write: NonNullable<Profile['setup']>) => broken({ setup: write })
    await assertFinds(
      setup(async () => [{ path: '../x', content: '' }]),
      /below the agent’s home.*must be a/,
    )
    let count = 0
    await assertFinds(
      setup(async () => [{ path: 'x', content: `${++count}` }]),
      /the same again/,
    )
    await assertFinds(
      setup(async ({ read }) => [
        { path: 'x', content: JSON.stringify(JSON.parse((await read('x')) ?? '{}')) },
      ]),
      /from damaged ones|from nothing/,
    )
    await assertFinds(
      setup(async ({ env }) => [{ path: 'x', content: `key=${env('ANTHROPIC_API_KEY')}` }]),
      /no whole secret.*x holds/,
    )
  })

  it('finds rules without a reason, and an expression that explodes', async () => {
    const rule = { id: 'a', state: 'waiting', in: 'bottom' } as const
    await assertFinds(broken({ activity: { rules: [{ ...rule, match: 'x' }] } }), /rule a gives no reason/)
    const slow = { ...rule, state: 'idle' as const, match: '^(?:a|a)*b$' }
    await assertFinds(broken({ activity: { rules: [slow] } }), /takes too long/)
  })

  it('takes an expression for slow by the processor time that it takes, not by what the machine paused', async () => {
    const { cpuUsage } = process
    let looks = 0
    // Nothing has run, as far as the first looks after the start of each expression tell.
    process.cpuUsage = (before) => (before && ++looks > 2 ? cpuUsage(before) : { user: 0, system: 0 })
    try {
      const slow = { id: 'x', state: 'idle', in: 'bottom', match: '^(?:a|a)*b$' } as const
      await assertFinds(broken({ activity: { rules: [slow] } }), /takes too long/)
      assert.equal(looks, 3)
    } finally {
      process.cpuUsage = cpuUsage
    }
  })
})

describe('the conformance kit for sandboxes, by what a backend says', () => {
  const broken = (changes: Partial<SandboxBackend>) =>
    failuresOf((framework) => sandboxConformance({ ...none, ...changes }, framework))

  it('finds a backend that breaks its contract', async () => {
    await assertFinds(broken({ rank: 200 }), /^keeps the schema: rank/)
    await assertFinds(
      broken({
        probe: () => {
          throw new Error('oh')
        },
      }),
      /^says whether it works here.*oh/,
    )
    await assertFinds(
      broken({ wrap: (policy, command) => none.wrap({ ...policy, network: { mode: 'host' } }, command) }),
      /it takes network 'none'/,
    )
    const spill: SandboxBackend['wrap'] = ({ env, ...policy }, command) => {
      const words = Object.entries(env).map(([name, value]) => `${name}=${value}`)
      return { ...none.wrap({ ...policy, env: {} }, command), argv: ['/usr/bin/env', ...words, ...command] }
    }
    await assertFinds(broken({ wrap: spill }), /argv holds a variable's value/)
    const joined: SandboxBackend['wrap'] = (policy, command) =>
      none.wrap(policy, ['/bin/sh', '-c', command.join(' ')])
    await assertFinds(broken({ wrap: joined }), /^passes arguments byte for byte/)
    const leaky: SandboxBackend['wrap'] = (policy, command) => ({
      ...none.wrap(policy, command),
      env: { ...policy.env, MORE: 'x' },
    })
    await assertFinds(broken({ wrap: leaky }), /^gives exactly the environment/)
  })
})

describe('the conformance kit for identities', () => {
  let dids = 0
  const plain: IdentityProvider = {
    ...{ id: 'plain', label: 'Plain' },
    provision: async ({ home }) => {
      const file = join(home, 'key')
      try {
        return { did: readFileSync(file, 'utf8'), registered: true }
      } catch {
        writeFileSync(file, `did:x:${++dids}`, { mode: 0o600 })
        return { did: `did:x:${dids}`, registered: true }
      }
    },
    adopt: (agent) => plain.provision(agent),
    ...{ gitConfig: () => [], env: () => ({}) },
    ...{ document: async () => ({}), exportKey: async () => '', sign: async () => new Uint8Array(64) },
    ...{ rotate: (agent) => plain.provision(agent), importKey: (agent) => plain.provision(agent) },
    register: (agent) => plain.provision(agent),
    revoke: async ({ home }) => {
      rmSync(join(home, 'key'), { force: true })
      return undefined
    },
  }
  const broken = (changes: Partial<IdentityProvider>) =>
    failuresOf((framework) => identityConformance({ ...plain, ...changes }, framework))

  it('finds what is wrong with each part of a provider, and no more', async () => {
    // It gives a clone the key of its model, follows links, and can neither replace its key nor sign.
    const failures = await broken({})
    assert.deepEqual(
      failures.map((line) => line.split(':')[0]),
      [
        'follows no link that an agent has planted in its home',
        'keeps the identity through a rename, and gives a clone another',
        'replaces the key where that is asked for',
        'takes back the key that it gave for a backup, and nothing else',
        'signs with the key that its DID names, and describes that',
      ],
    )
    await assertFinds(broken({ provision: async () => ({ did: 'me', registered: true }) }), /did: must match/)
    await assertFinds(
      broken({ register: async () => ({ did: 'did:x:y', registered: false }) }),
      /says no reason|did:x:y/,
    )
    await assertFinds(broken({ revoke: async () => undefined }), /^makes an identity invalid/)
    await assertFinds(broken({ gitConfig: () => [{ key: 'user.name', value: 'a\nb' }] }), /of several lines/)
    const sign = [
      { key: 'user.email', value: 'a@b' },
      { key: 'commit.gpgsign', value: 'true' },
      { key: 'gpg.format', value: 'ssh' },
    ]
    await assertFinds(broken({ gitConfig: () => sign }), /^signs commits so that git can verify them/)
  })
})

describe('the conformance kit for plugins', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'agentvm-kit-'))
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const write = (path: string, content: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
  const good = {
    ...{ name: 'mine', version: '1.0.0', license: 'MIT', description: 'x', type: 'module' },
    agentvm: { apiVersion: 1 },
    oclif: { hooks: { 'agentvm:exit': './hook.js' } },
  }
  const failures = async (hook: string, changes: object = {}, published = ['hook.js', 'README.md']) => {
    write('package.json', JSON.stringify({ ...good, ...changes }))
    // Another query, so that Node loads it again.
    write('hook.js', `// ${Math.random()}\n${hook}`)
    return failuresOf((framework) => pluginConformance(folder, framework, { published }))
  }

  it('finds nothing wrong with a good one', async () => {
    assert.deepEqual(await failures('export default () => {}'), [])
  })

  it('finds a package that is not whole', async () => {
    const fine = 'export default () => {}'
    const of = (changes: object, published?: string[]) => failures(fine, changes, published)
    await assertFinds(of({ agentvm: { apiVersion: 2 } }), /it is for version 2/)
    await assertFinds(of({ license: undefined }), /has no license/)
    await assertFinds(
      of({ oclif: { hooks: { 'agentvm:exist': './hook.js' } } }),
      /there is no hook agentvm:exist/,
    )
    await assertFinds(of({ oclif: { hooks: { 'agentvm:exit': './gone.js' } } }), /there is no \.\/gone\.js/)
    await assertFinds(of({ agentvm: { apiVersion: 1, profiles: ['x'] } }), /agentvm\.profiles and the hook/)
    await assertFinds(of({}, ['README.md']), /hook\.js is not published/)
    await assertFinds(of({}, ['hook.js']), /no README/)
    await assertFinds(of({ oclif: { ...good.oclif, commands: './c' } }), /no oclif\.manifest\.json/)
    await assertFinds(of({ scripts: { postinstall: 'x' } }), /'postinstall' doesn't run/)
    await assertFinds(failures(`import 'valibot'\n${fine}`), /valibot is no dependency/)
  })

  it('finds a hook that is slow to load, prints, leaves something open, or is no function', async () => {
    const busy = 'for (const end = performance.now() + 1000; performance.now() < end; );'
    await assertFinds(failures(`${busy} export default () => {}`), /ms to load: import what is heavy/)
    await assertFinds(failures('console.log(1); export default () => {}'), /prints while it is loaded/)
    await assertFinds(failures('export default 1'), /no function as its default export/)
    await assertFinds(failures('throw new Error("oh")'), /can't be loaded: .*oh/s)
  })
})
