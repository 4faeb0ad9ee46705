import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SandboxPolicy } from '@agentvm/sdk'
import backend from '../../sandbox/macos/src/index.ts'
import { seatbeltProfile } from '../../sandbox/macos/src/profile.ts'
import { testPolicy } from '../support/wrapped-policy.ts'

const inPlace = (path: string) => ({ source: path, target: path })

/** A policy as a Mac would get it. */
function macPolicy(changes: Partial<SandboxPolicy> = {}): SandboxPolicy {
  const workspace = '/Users/me/.agentvm/workspaces/a1'
  return testPolicy(
    { workspace, home: '/Users/me/.agentvm/homes/abcd1234' },
    {
      workspace: inPlace(workspace),
      home: inPlace('/Users/me/.agentvm/homes/abcd1234'),
      cwd: workspace,
      system: { readOnly: ['/usr', '/bin', '/System', '/Library'].map(inPlace), symlinks: [], files: [] },
      readOnly: [inPlace('/Users/me/.local/share/claude')],
      protect: [`${workspace}/.git/hooks`],
      sockets: [inPlace('/Users/me/.agentvm/run/abcd1234/signer')],
      tty: true,
      ...changes,
    },
  )
}

/** The rules of a profile that speak of something, each on one line. */
const rulesOf = (policy: SandboxPolicy, word: string) =>
  seatbeltProfile(policy)
    .text.replaceAll(/\n {2}/g, ' ')
    .split('\n')
    .filter((line) => line.includes(word))

describe('the Seatbelt profile', () => {
  for (const mode of ['host', 'none'] as const) {
    it(`with network ${mode} is, word for word, the golden one`, () => {
      const file = join(import.meta.dirname, 'golden', `sandbox-macos-${mode}.sb`)
      const { text } = seatbeltProfile(macPolicy({ network: { mode } }))
      if (process.env.UPDATE_GOLDEN) writeFileSync(file, text)
      assert.equal(text, readFileSync(file, 'utf8'))
    })
  }

  const policies: [string, Partial<SandboxPolicy>][] = [
    ['with everything', {}],
    ['with nothing but a workspace', { readOnly: [], protect: [], sockets: [], tty: false }],
    ['with the host’s network', { network: { mode: 'host' } }],
    [
      'with odd paths',
      { readOnly: [inPlace('/a "b" (c) \\ \'d\' ; $e #"f"')], readWrite: [inPlace('/x)(y')] },
    ],
  ]
  for (const [what, changes] of policies) {
    it(`${what} is well formed and has no path of the policy in its text`, () => {
      const policy = macPolicy(changes)
      const { text, parameters } = seatbeltProfile(policy)
      const code = text.replaceAll(/#?"[^"]*"/g, '""').replaceAll(/;.*/g, '')
      let depth = 0
      for (const letter of code) {
        depth += letter === '(' ? 1 : letter === ')' ? -1 : 0
        assert.ok(depth >= 0, 'a parenthesis closes what none opened')
      }
      assert.equal(depth, 0)
      const used = [...text.matchAll(/\(param "([^"]+)"\)/g)].map(([, name]) => name)
      const defined = parameters.map(([name]) => name)
      assert.equal(new Set(defined).size, defined.length, 'a name is defined twice')
      assert.deepEqual([...new Set(used)].sort(), [...defined].sort())
      for (const [, path] of parameters.filter(([, path]) => path.length > 8)) {
        assert.ok(!text.includes(path), path)
      }
      assert.doesNotMatch(text, /agentvm|Users|workspaces/)
    })

    it(`${what} has no rule without a filter but the harmless ones`, () => {
      const bare = seatbeltProfile(macPolicy(changes))
        .text.split('\n')
        .filter((line) => /^\(allow [a-z* -]+\)$/.test(line))
      for (const line of bare) {
        assert.match(line, /^\(allow (process-fork|ipc-posix-sem|pseudo-tty|system-socket)\)$/)
      }
    })
  }

  it('denies by default, before anything else', () => {
    assert.match(seatbeltProfile(macPolicy()).text, /^\(version 1\)\n\(deny default\)\n/)
  })

  it('allows writes below the workspace, the home and what the policy names only', () => {
    const policy = macPolicy({ readWrite: [inPlace('/Users/me/data')] })
    const { parameters } = seatbeltProfile(policy)
    const written = parameters.filter(([name]) => name.startsWith('WRITE_')).map(([, path]) => path)
    assert.deepEqual(written, [policy.workspace.source, policy.home.source, '/Users/me/data'])
    for (const rule of rulesOf(policy, 'file-write*').filter((line) => line.startsWith('(allow'))) {
      assert.match(rule, /WRITE_0|\/dev\/ptmx/)
    }
  })

  it('keeps protected paths and the folders above them in place', () => {
    const { parameters } = seatbeltProfile(macPolicy())
    const workspace = '/Users/me/.agentvm/workspaces/a1'
    assert.deepEqual(
      parameters.filter(([name]) => /^(PROTECT|PIN)_/.test(name)),
      [
        ['PROTECT_0', `${workspace}/.git/hooks`],
        ['PIN_0', workspace],
        ['PIN_1', `${workspace}/.git`],
      ],
    )
  })

  it('denies after it allowed, since the last rule wins', () => {
    const { text } = seatbeltProfile(macPolicy())
    assert.ok(text.indexOf('(deny file-write*') > text.lastIndexOf('(param "WRITE_'))
  })

  it('opens no way to the network by a service of the system without network', () => {
    assert.deepEqual(rulesOf(macPolicy(), 'dnssd'), [])
    assert.deepEqual(rulesOf(macPolicy(), 'trustd'), [])
    assert.deepEqual(rulesOf(macPolicy({ sockets: [] }), 'network-'), [])
    assert.deepEqual(rulesOf(macPolicy({ sockets: [] }), 'system-socket'), [])
  })

  it('opens neither the keychain nor other processes nor preferences', () => {
    const { text } = seatbeltProfile(macPolicy({ network: { mode: 'host' } }))
    assert.doesNotMatch(text, /SecurityServer|kern\.proc|cfprefsd|"kern\."|securityd/)
  })
})

describe('the Seatbelt backend', () => {
  it('passes paths as parameters and the environment apart from the arguments', () => {
    const policy = macPolicy({ env: { KEY: 'secret-value' } })
    const { argv, env, files, fds } = backend.wrap(policy, ['claude', '--x', 'a b'])
    assert.equal(argv[0], '/usr/bin/sandbox-exec')
    assert.ok(argv.includes(`WRITE_0=${policy.workspace.source}`))
    assert.deepEqual(argv.slice(-4), ['--', 'claude', '--x', 'a b'])
    assert.ok(argv.every((word) => !word.includes('secret-value')))
    assert.deepEqual(env, { KEY: 'secret-value', TMPDIR: policy.home.source })
    assert.deepEqual([files, fds], [[], []])
  })

  it('is pure', () => {
    const policy = macPolicy()
    const before = structuredClone(policy)
    assert.deepEqual(backend.wrap(policy, ['x']), backend.wrap(policy, ['x']))
    assert.deepEqual(policy, before)
  })

  it('refuses what it can’t enforce or pass', () => {
    assert.throws(
      () =>
        backend.wrap(
          macPolicy({ network: { mode: 'allowlist', allow: [], proxy: { socket: '/s', port: 1 } } }),
          ['x'],
        ),
      /allow-list/,
    )
    assert.throws(() => backend.wrap(macPolicy(), []), /no command/)
    assert.throws(() => backend.wrap(macPolicy(), ['a\0b']), /NUL/)
  })

  it('works on macOS only', async () => {
    if (process.platform === 'darwin') return
    const result = await backend.probe()
    assert.equal(result.ok, false)
  })
})
