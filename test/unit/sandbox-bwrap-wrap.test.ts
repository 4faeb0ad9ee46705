import assert from 'node:assert/strict'
import type { SandboxPolicy } from '@agentvm/sdk'
import { createBackend } from '../../sandbox/bwrap/src/index.ts'
import { testPolicy } from '../support/wrapped-policy.ts'

const facts = {
  ...{ bwrap: '/opt/bin/bwrap', socat: '/usr/bin/socat', setsid: '/usr/bin/setsid', arch: 'x64' },
  ...{ processBound: undefined, maskedFiles: [], maskedFolders: [], readOnlyProc: [] },
}
const proxied = {
  network: { mode: 'allowlist' as const, allow: [], proxy: { socket: '/run/agentvm/proxy/s', port: 4660 } },
}
const backend = createBackend(facts)
const policyOf = (changes: Partial<SandboxPolicy> = {}) =>
  testPolicy({ workspace: '/w', home: '/h' }, changes)
const fileOf = (policy: SandboxPolicy, name: string) =>
  backend.wrap(policy, ['x']).files.find((file) => file.name === name)?.content

describe('wrapping a command with bubblewrap', () => {
  it('is pure', () => {
    const policy = policyOf()
    const before = structuredClone(policy)
    assert.deepEqual(backend.wrap(policy, ['x', 'y']), backend.wrap(policy, ['x', 'y']))
    assert.deepEqual(policy, before)
  })

  it('shows only the command in the arguments, the rest comes by a descriptor', () => {
    const { argv, env, fds } = backend.wrap(policyOf({ env: { KEY: 'secret' } }), ['claude', '-p', 'a b'])
    assert.deepEqual(argv.slice(0, 4), ['/opt/bin/bwrap', '--args', '3', '--'])
    assert.deepEqual(argv.slice(-4), ['--', 'claude', '-p', 'a b'])
    assert.ok(!JSON.stringify(argv).includes('secret'))
    assert.deepEqual(env, {})
    assert.deepEqual(fds[0], { fd: 3, file: 'bwrap-args' })
    assert.match(
      String(fileOf(policyOf({ env: { KEY: 'secret' } }), 'bwrap-args')),
      /--setenv\0KEY\0secret\0/,
    )
  })

  it('opens a descriptor for each made-up file and no more than a POSIX shell can', () => {
    const files = ['a', 'b', 'c', 'd'].map((name) => ({ path: `/etc/${name}`, content: name }))
    const system = (count: number) => ({ readOnly: [], symlinks: [], files: files.slice(0, count) })
    const wrapped = backend.wrap(policyOf({ system: system(4) }), ['x'])
    assert.deepEqual(
      wrapped.fds.map(({ fd }) => fd),
      [3, 5, 6, 7, 8, 9],
    )
    assert.equal(fileOf(policyOf({ system: system(4) }), 'data-6'), 'b')
    const five = { ...system(4), files: [...files, { path: '/etc/e', content: '' }] }
    assert.throws(() => backend.wrap(policyOf({ system: five }), ['x']), /at most 4 made-up files/)
  })

  it('lets the program of the backend ignore Ctrl-C, and gives it back to the command', () => {
    const { argv, ignoreSignals, status } = backend.wrap(policyOf(), ['x'])
    assert.deepEqual(ignoreSignals, ['INT', 'QUIT'])
    assert.deepEqual(argv.slice(4, 7), ['/usr/bin/env', '--default-signal=INT', '--default-signal=QUIT'])
    assert.deepEqual(status, { fd: 4, startedWhen: '"exit-code"' })
  })

  it('takes PWD away again, which bubblewrap sets, unless the policy names it', () => {
    assert.ok(backend.wrap(policyOf(), ['x']).argv.includes('--unset=PWD'))
    assert.ok(!backend.wrap(policyOf({ env: { PWD: '/workspace' } }), ['x']).argv.includes('--unset=PWD'))
  })

  it('goes another way for a program whose name env would take for a variable', () => {
    const { argv } = backend.wrap(policyOf(), ['A=B', 'C=D'])
    assert.deepEqual(argv.slice(-6), ['nice', '-n', '0', '--', 'A=B', 'C=D'])
    assert.ok(!backend.wrap(policyOf(), ['a', 'C=D']).argv.includes('nice'))
  })

  it('refuses a NUL byte anywhere, an empty command, and a network it can’t enforce', () => {
    assert.throws(() => backend.wrap(policyOf(), ['a\0b']), /NUL/)
    assert.throws(() => backend.wrap(policyOf({ env: { A: '\0' } }), ['a']), /NUL/)
    assert.throws(() => backend.wrap(policyOf({ cwd: '/a\0--bind' }), ['a']), /NUL/)
    assert.throws(() => backend.wrap(policyOf(), []), /no command/)
    const without = createBackend({ ...facts, socat: undefined })
    assert.throws(() => without.wrap(policyOf(proxied), ['a']), /socat is not installed/)
    assert.deepEqual(without.capabilities.networkLacks, [
      { mode: 'allowlist', reason: 'socat is not installed', packages: ['socat'] },
    ])
    assert.ok(without.wrap(policyOf(), ['a']))
  })

  it('opens the way to the proxy before the command, with no network of its own and no more in the environment', () => {
    const { argv } = backend.wrap(policyOf(proxied), ['x'])
    assert.ok(argv.includes('4660') && argv.includes('1234') && argv.includes('/run/agentvm/proxy/s'))
    assert.match(String(fileOf(policyOf(proxied), 'bwrap-args')), /\0--unshare-net\0/)
    assert.ok(argv.indexOf('/usr/bin/socat') < argv.indexOf('--unset=SHLVL'))
    const shown = policyOf({ ...proxied, env: { SHLVL: '7' } })
    assert.deepEqual(backend.wrap(shown, ['x']).argv.slice(-3), ['--', 'SHLVL=7', 'x'])
  })

  it('brings the system call filter of the machine’s architecture, and refuses where there is none', () => {
    const filterOf = (arch: string) => {
      const { fds, files } = createBackend({ ...facts, arch }).wrap(policyOf(), ['x'])
      assert.deepEqual(fds.at(-1), { fd: 9, file: 'seccomp' })
      return files.find(({ name }) => name === 'seccomp')?.content as Uint8Array
    }
    assert.ok(filterOf('x64').length > 100 && filterOf('x64').length % 8 === 0)
    assert.notDeepEqual(filterOf('x64'), filterOf('arm64'))
    assert.ok(String(fileOf(policyOf(), 'bwrap-args')).includes('--seccomp\x009\0'))
    assert.throws(() => filterOf('riscv64'), /no system call filter for riscv64/)
  })

  it('refuses where bubblewrap isn’t installed', () => {
    const without = createBackend({ ...facts, bwrap: undefined })
    assert.throws(() => without.wrap(policyOf(), ['a']), /not installed/)
  })
})
