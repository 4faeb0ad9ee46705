import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BY_ARGUMENTS, REFUSED } from '../../sandbox/bwrap/src/seccomp/rules.ts'
import type { HostFacts } from '../../sandbox/podman/src/host-facts.ts'
import { createBackend } from '../../sandbox/podman/src/index.ts'
import { mounts } from '../../sandbox/podman/src/mounts.ts'
import { prepare } from '../../sandbox/podman/src/rootfs.ts'
import { seccompProfile } from '../../sandbox/podman/src/seccomp.ts'
import { testPolicy } from '../support/wrapped-policy.ts'

const facts: HostFacts = {
  ...{
    podman: '/usr/bin/podman',
    runtime: { name: 'crun', path: '/usr/bin/crun' },
    isRoot: false,
    arch: 'x64',
  },
  ...{ socat: '/usr/bin/socat', setsid: '/usr/bin/setsid', hard: { nofile: '1024', nproc: '500' } },
  ...{ masked: ['/proc/keys'], env: { PATH: '/usr/bin' } },
}
const host = { workspace: '/w', home: '/h' }
const backend = createBackend(facts)
const argvOf = (changes: Parameters<typeof testPolicy>[1] = {}, more: Partial<HostFacts> = {}) =>
  createBackend({ ...facts, ...more }).wrap(testPolicy(host, changes), ['x'], '/run/a').argv

describe('the podman backend', () => {
  it('wraps the same input to the same output, with no secret in the words', () => {
    const policy = testPolicy(host, { env: { KEY: 'secret' } })
    const wrapped = backend.wrap(policy, ['x'], '/run/a')
    assert.deepEqual(wrapped, backend.wrap(policy, ['x'], '/run/a'))
    assert.doesNotMatch(JSON.stringify([wrapped.argv, wrapped.env]), /secret/)
    assert.match(String(wrapped.files[0]?.content), /^export KEY='secret'$/m)
  })

  it('refuses what it can’t pass on', () => {
    assert.throws(() => backend.wrap(testPolicy(host), ['x'], '/a:b'), /can't take the path/)
    assert.throws(() => backend.wrap(testPolicy(host), ['x']), /prepared folder/)
    assert.throws(() => backend.wrap(testPolicy(host), [], '/a'), /no command/)
    assert.throws(() => backend.wrap(testPolicy(host, { env: { A: '\0' } }), ['x'], '/a'), /NUL/)
    assert.throws(() => argvOf({ protect: ['/etc/x'] }), /nothing that the agent can write/)
    assert.throws(() => argvOf({}, { runtime: undefined }), /crun is not installed/)
  })

  it('leaves bounds to agentvm’s control group with crun, and keeps them itself with runc as root', () => {
    const limits = { memory: 1_000_000, processes: 50, cpus: 1.5, openFiles: 4096 }
    const crun = argvOf({ limits })
    assert.ok(crun.includes('--cgroups=disabled') && !crun.some((word) => word.startsWith('--memory')))
    assert.ok(crun.includes('--ulimit=nofile=1024:1024'))
    const runc = { runtime: { name: 'runc', path: '/usr/sbin/runc' }, isRoot: true } as const
    const argv = argvOf({ limits }, runc)
    for (const word of ['--memory=1000000b', '--pids-limit=50', '--cpus=1.5'])
      assert.ok(argv.includes(word), word)
    assert.ok(createBackend({ ...facts, ...runc }).capabilities.limits.includes('memory'))
    assert.ok(!backend.capabilities.limits.includes('memory'))
  })

  it('quotes mounts as podman reads them, and drops those that a later one would hide', () => {
    const odd = { source: '/a,"b"', target: '/a,"b"' }
    assert.ok(
      argvOf({ readOnly: [odd] }).includes('"type=bind","source=/a,""b""","target=/a,""b""","ro=true"'),
    )
    const inside = { source: '/x', target: '/workspace/x' }
    const shown = mounts(testPolicy(host, { readOnly: [inside] })).map(({ target }) => target)
    assert.ok(shown.includes('/workspace') && !shown.includes('/workspace/x'))
  })

  it('makes each folder above a protected path a mount of its own', () => {
    const found = mounts(testPolicy(host, { protect: ['/workspace/.git/hooks'] }))
    assert.deepEqual(found.slice(-2), [
      { source: '/w/.git', target: '/workspace/.git', writable: true },
      { source: '/w/.git/hooks', target: '/workspace/.git/hooks', writable: false },
    ])
  })

  it('prepares a root of links, made-up files and empty places', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'agentvm-rootfs-'))
    try {
      const own = { workspace: join(folder, 'w'), home: join(folder, 'h') }
      for (const path of Object.values(own)) mkdirSync(path)
      await prepare(testPolicy(own, { symlinks: [{ path: '/opt/x/bin', target: '../y' }] }), folder)
      const root = join(folder, 'root')
      assert.equal(readlinkSync(join(root, 'opt/x/bin')), '../y')
      assert.equal(readlinkSync(join(root, 'var/tmp')), '../tmp')
      assert.match(readFileSync(join(root, 'etc/passwd'), 'utf8'), /^agent:/)
      assert.deepEqual(readdirSync(join(root, 'workspace')), [])
      const under = prepare(testPolicy(own, { symlinks: [{ path: '/usr/bin/new', target: 'x' }] }), folder)
      await assert.rejects(under, /a mount lies over it/)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('refuses the same system calls as bubblewrap’s filter, but those that its library doesn’t know', () => {
    const named = new Set(seccompProfile('x64').syscalls.flatMap(({ names }) => names))
    const wanted = [...Object.values(REFUSED).flat(), ...BY_ARGUMENTS.map(({ syscall }) => syscall)]
    const unknown = /^(statmount|listmount|lsm_.*|personality)$/
    assert.deepEqual(
      wanted.filter((name) => !named.has(name) && !unknown.test(name)),
      [],
    )
  })
})
