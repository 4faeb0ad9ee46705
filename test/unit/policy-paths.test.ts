import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AGENT_USER, buildPolicy, insidePaths, type PolicyInput } from '../../src/policy/build-policy.ts'
import { systemPaths, systemRoots } from '../../src/policy/system-paths.ts'
import { profileMounts, userMounts } from '../../src/policy/user-mounts.ts'

/** All of /etc that an agent may see. A name more here is a decision: it must hold no secret on any system. */
const OF_ETC = [
  ...['alternatives', 'bash.bashrc', 'ca-certificates', 'ca-certificates.conf', 'crypto-policies', 'fonts'],
  ...['gai.conf', 'host.conf', 'hosts', 'inputrc', 'java', 'ld.so.cache', 'ld.so.conf', 'ld.so.conf.d'],
  ...['locale.alias', 'locale.conf', 'localtime', 'magic', 'mime.types', 'nsswitch.conf', 'os-release'],
  ...['pki/ca-trust', 'pki/tls/certs', 'pki/tls/cert.pem', 'protocols', 'python3', 'resolv.conf', 'services'],
  ...['shells', 'ssl/cert.pem', 'ssl/certs', 'ssl/openssl.cnf', 'terminfo', 'timezone', 'xdg'],
].map((name) => `/etc/${name}`)

describe('what an agent sees of the system', () => {
  let system: ReturnType<typeof systemPaths>
  let targets: string[]
  before(() => {
    system = systemPaths('linux', AGENT_USER)
    targets = system.readOnly.map(({ target }) => target)
  })

  it('is its programs and libraries, each folder as it is: itself, or the link that it is', () => {
    const roots = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32', '/nix/store', '/gnu/store']
    assert.deepEqual(systemRoots('linux'), roots)
    const { readOnly, symlinks } = system
    const shown = [...targets, ...symlinks.map(({ path }) => path)].filter(
      (path) => !path.startsWith('/etc/'),
    )
    assert.deepEqual(shown.sort(), roots.filter((path) => existsSync(path)).sort())
    for (const { path, target } of symlinks) assert.equal(realpathSync(path), realpathSync(join('/', target)))
    for (const { source, target } of readOnly) assert.equal(source, realpathSync(target))
  })

  it('is of /etc what programs need, and nothing that may hold a secret', () => {
    const ofEtc = targets.filter((path) => path.startsWith('/etc/'))
    assert.deepEqual(
      ofEtc,
      OF_ETC.filter((path) => existsSync(path)),
    )
  })

  it('names no user of the machine', () => {
    const agent = 'agent:x:1000:1000:agent:/home/agent:/bin/sh'
    assert.deepEqual(system.files, [
      {
        path: '/etc/passwd',
        content: `root:x:0:0:root:/root:/usr/sbin/nologin\n${agent}\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n`,
      },
      { path: '/etc/group', content: 'root:x:0:\nagent:x:1000:\nnogroup:x:65534:\n' },
    ])
  })

  it('is on a Mac its own folders, in place', () => {
    const roots = systemRoots('darwin')
    assert.deepEqual(roots, [
      ...['/usr', '/bin', '/sbin', '/System', '/Library', '/private/etc', '/private/var/db/timezone'],
      ...['/private/var/select', '/opt/homebrew', '/Applications/Xcode.app'],
    ])
    const mac = systemPaths('darwin', AGENT_USER)
    const there = roots.filter((path) => existsSync(path))
    assert.deepEqual(mac, {
      readOnly: there.map((path) => ({ source: realpathSync(path), target: path })),
      symlinks: [],
      files: [],
    })
  })

  it('is looked at once for agents that are started together, and nobody changes it for another', () => {
    const one = systemPaths('linux', AGENT_USER)
    one.readOnly.length = 0
    assert.deepEqual(systemPaths('linux', AGENT_USER), system)
    assert.match(systemPaths('linux', { uid: 7, gid: 8, name: 'b' }).files[0]?.content ?? '', /^b:x:7:8:b:/m)
  })
})

describe('a path that an agent is given', () => {
  let root: string
  let home: string
  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'agentvm-mounts-')))
    home = join(root, 'user/agentvm')
    for (const folder of [join(home, 'state'), join(home, '..x'), join(root, 'data'), join(root, 'user/..x')])
      mkdirSync(folder, { recursive: true })
    symlinkSync('data', join(root, 'link'))
    symlinkSync('user/agentvm/state', join(root, 'to-state'))
  })
  afterEach(() => rmSync(root, { recursive: true, force: true }))

  it('is at its own place inside, where it leads to outside', () => {
    assert.deepEqual(userMounts([join(root, 'data/'), `${root}/x/../link`], '--ro', home), [
      { source: join(root, 'data'), target: join(root, 'data') },
      { source: join(root, 'data'), target: join(root, 'link') },
    ])
    assert.equal(userMounts([join(root, 'user/..x')], '--rw', home).length, 1)
  })

  it('is there', () => {
    const gone = join(root, 'gone')
    assert.throws(() => userMounts([gone], '--rw', home), {
      message: `--rw ${gone}: there is no such file or folder`,
      exitCode: 2,
    })
    const missing: string[] = []
    const mounts = profileMounts([gone, join(root, 'data')], 'p', home, (path) => missing.push(path))
    assert.deepEqual([mounts.map(({ target }) => target), missing], [[join(root, 'data')], [gone]])
    assert.deepEqual(profileMounts(undefined, 'p', home), [])
    assert.deepEqual(profileMounts([gone], 'p', home), [])
  })

  it('opens nothing of agentvm’s own, by whatever way', () => {
    const ways = [
      home,
      join(home, 'state'),
      join(home, '..x'),
      join(root, 'user'),
      '/',
      join(root, 'to-state'),
    ]
    for (const path of ways) {
      const words = `${path} would open agentvm's own folder, with other agents and your keys`
      assert.throws(() => userMounts([path], '--ro', home), { message: `--ro ${words}`, exitCode: 2 }, path)
      assert.throws(() => profileMounts([path], 'p', home), {
        message: `the path ${path} of the profile 'p' would open agentvm's own folder, with other agents and your keys`,
      })
    }
    // Also where the home itself is reached by a link, or isn't there yet.
    symlinkSync('user/agentvm', join(root, 'home-link'))
    assert.throws(() => userMounts([join(root, 'user')], '--ro', join(root, 'home-link')), { exitCode: 2 })
    assert.throws(() => userMounts([join(root, 'data')], '--ro', join(root, 'data/later')), { exitCode: 2 })
  })
})

describe('a policy', () => {
  const input = (relocatesPaths: boolean): PolicyInput => ({
    ...{ agentId: 'abcd', name: 'a1', workspace: '/h/w', home: '/h/h', tty: true },
    backend: { capabilities: { relocatesPaths } } as PolicyInput['backend'],
    system: { readOnly: [], symlinks: [], files: [] },
    program: {
      ...{ path: '/opt/t', readOnly: ['/opt'], pathDirs: [] },
      symlinks: [{ path: '/l', target: 't' }],
    },
    readOnly: [{ source: '/r', target: '/r2' }],
    readWrite: [{ source: '/rw', target: '/rw' }],
    env: { A: '1' },
    network: { mode: 'none' },
    protect: ['/workspace/.git/hooks'],
    limits: { memory: 1 },
    sockets: [{ source: '/s', target: '/s' }],
  })

  it('is put together of what was found, at constant places where paths can be moved', () => {
    assert.deepEqual(buildPolicy(input(true)), {
      ...{ version: 1, agentId: 'abcd', hostname: 'a1', cwd: '/workspace', tty: true },
      workspace: { source: '/h/w', target: '/workspace' },
      home: { source: '/h/h', target: '/home/agent' },
      system: { readOnly: [], symlinks: [], files: [] },
      readOnly: [
        { source: '/opt', target: '/opt' },
        { source: '/r', target: '/r2' },
      ],
      readWrite: [{ source: '/rw', target: '/rw' }],
      symlinks: [{ path: '/l', target: 't' }],
      protect: ['/workspace/.git/hooks'],
      env: { A: '1' },
      network: { mode: 'none' },
      limits: { memory: 1 },
      sockets: [{ source: '/s', target: '/s' }],
      user: { uid: 1000, gid: 1000, name: 'agent' },
    })
  })

  it('stays where things are on the host where they can’t, and needs no program nor sockets', () => {
    const { sockets: _, ...rest } = input(false)
    const policy = buildPolicy({ ...rest, program: undefined })
    assert.deepEqual([policy.cwd, policy.home], ['/h/w', { source: '/h/h', target: '/h/h' }])
    assert.deepEqual([policy.sockets, policy.symlinks, policy.readOnly], [[], [], rest.readOnly])
    assert.equal(insidePaths(rest.backend, rest), rest)
  })
})
