import assert from 'node:assert/strict'
import type { SandboxPolicy } from '@agentvm/sdk'
import { explainConnect, explainPath } from '../../src/policy/explain.ts'

const policy: SandboxPolicy = {
  version: 1,
  agentId: 'abcd1234',
  hostname: 'a',
  workspace: { source: '/h/w', target: '/workspace' },
  home: { source: '/h/h', target: '/home/agent' },
  cwd: '/workspace',
  system: {
    readOnly: [
      { source: '/usr', target: '/usr' },
      { source: '/etc/hosts', target: '/etc/hosts' },
    ],
    symlinks: [{ path: '/bin', target: 'usr/bin' }],
    files: [{ path: '/etc/passwd', content: '' }],
  },
  readOnly: [{ source: '/opt/tool', target: '/opt/tool' }],
  readWrite: [{ source: '/data', target: '/data' }],
  symlinks: [{ path: '/home/agent/link', target: '/data/in' }],
  protect: ['/workspace/.git/config', '/workspace/.git/hooks', '/data/.envrc'],
  env: {},
  network: { mode: 'none' },
  limits: {},
  tty: true,
  sockets: [{ source: '/s', target: '/run/agentvm/proxy' }],
  user: { uid: 1000, gid: 1000, name: 'agent' },
}

describe('why a policy lets an agent reach a path or not', () => {
  const cases: [path: string, read: boolean, write: boolean, rule: string][] = [
    ['/workspace', true, true, 'workspace'],
    ['/workspace/a/b', true, true, 'workspace'],
    ['/workspace/.git', true, true, 'workspace'],
    ['/workspace/../etc/shadow', false, false, 'default'],
    ['/workspacex', false, false, 'default'],
    ['/home/agent/.bashrc', true, true, 'home'],
    ['/home/other', false, false, 'default'],
    ['/root/.ssh/id_rsa', false, false, 'default'],
    ['/etc/shadow', false, false, 'default'],
    ['/etc/passwd', true, false, 'system'],
    ['/etc/hosts', true, false, 'system'],
    ['/usr/bin/sh', true, false, 'system'],
    ['/bin/sh', true, false, 'system'],
    ['/opt/tool/x', true, false, 'readOnly'],
    ['/data/x', true, true, 'readWrite'],
    ['/home/agent/link/x', true, true, 'readWrite'],
    ['/tmp/x', true, true, 'private'],
    ['/var/tmp/x', true, true, 'private'],
    ['/dev/shm/x', true, true, 'private'],
    ['/dev/sda', true, false, 'private'],
    ['/proc/1/environ', true, false, 'private'],
    ['/run/docker.sock', true, false, 'private'],
    ['/run/agentvm/proxy/s', true, false, 'sockets'],
    ['/', false, false, 'default'],
  ]
  for (const [path, read, write, rule] of cases) {
    it(`${path}: ${read ? 'reads' : 'no read'}, ${write ? 'writes' : 'no write'}, by ${rule}`, () => {
      const reads = explainPath(policy, 'read', path)
      assert.deepEqual([reads.allowed, reads.rule], [read, rule])
      assert.equal(explainPath(policy, 'write', path).allowed, write)
    })
  }

  it('names what is kept, which can still be read', () => {
    for (const path of ['/workspace/.git/hooks/pre-commit', '/workspace/.git/config', '/data/.envrc']) {
      const { allowed, rule, because } = explainPath(policy, 'write', path)
      assert.deepEqual([allowed, rule], [false, 'protect'])
      assert.match(because, /is kept as it is/)
      assert.equal(explainPath(policy, 'read', path).allowed, true)
    }
    assert.equal(explainPath(policy, 'write', '/workspace/.git/configx').allowed, true)
  })

  it('says in words what decides it', () => {
    const why = (path: string, access: 'read' | 'write' = 'read') => explainPath(policy, access, path).because
    for (const [path, words] of [
      ['/tmp/x', '/tmp: its own temporary folder'],
      ['/dev/null', '/dev: its own devices'],
      ['/dev/shm/x', '/dev/shm: its own shared memory'],
      ['/proc/1', '/proc: its own processes'],
      ['/run/x', '/run: an empty folder of its own'],
      ['/usr/bin/sh', "/usr: the system's own files"],
      ['/etc/passwd', '/etc/passwd: a file made up for the agent'],
      ['/opt/tool', '/opt/tool: what its program needs, or --ro opened'],
      ['/data', '/data: what --rw opened'],
      ['/workspace/x', '/workspace: its workspace'],
      ['/home/agent/x', '/home/agent: its home'],
      ['/run/agentvm/proxy/s', '/run/agentvm/proxy: sockets of its own helpers'],
      ['/root/x', 'nothing shows /root/x to the agent'],
    ] as const) {
      assert.equal(why(path), words)
    }
    assert.equal(why('/usr/bin', 'write'), "/usr: the system's own files, which it can only read")
    assert.equal(why('/data', 'write'), '/data: what --rw opened')
  })

  it('holds for what a link leads to, and for all where all is shown', () => {
    const linked = { ...policy, symlinks: [{ path: '/home/agent/link', target: '../../data' }] }
    assert.equal(explainPath(linked, 'write', '/home/agent/link/.envrc').rule, 'protect')
    assert.equal(explainPath(linked, 'write', '/home/agent/link/x').rule, 'readWrite')
    const whole = { ...policy, readOnly: [{ source: '/', target: '/' }] }
    assert.deepEqual(
      explainPath(whole, 'read', '/root/x').because,
      '/: what its program needs, or --ro opened',
    )
  })

  it('ends where links lead in a circle', () => {
    const circle = { ...policy, symlinks: [{ path: '/a', target: 'a' }] }
    assert.equal(explainPath(circle, 'read', '/a').allowed, false)
  })
})

describe('why a policy lets an agent connect or not', () => {
  const connect = (network: SandboxPolicy['network'], target: string) =>
    explainConnect({ ...policy, network }, target)

  it('with network host always, with none never', () => {
    assert.equal(connect({ mode: 'host' }, '10.0.0.1:22').allowed, true)
    assert.equal(connect({ mode: 'none' }, 'example.org').allowed, false)
    assert.match(connect({ mode: 'host' }, 'x').because, /^host: the machine's own network/)
    assert.equal(connect({ mode: 'none' }, 'x').because, 'none: it has no network')
  })

  it('with an allow-list by the rule that is named', () => {
    const network = {
      mode: 'allowlist' as const,
      proxy: { socket: '/run/agentvm/proxy/s', port: 4660 },
      allow: [
        { host: 'api.example.org', port: 443 },
        { host: '*.example.net', port: 8443 },
      ],
    }
    assert.deepEqual(connect(network, 'API.example.org'), {
      allowed: true,
      rule: 'network',
      because: 'allowlist: api.example.org',
    })
    assert.match(connect(network, 'x.y.example.net:8443').because, /\*\.example\.net:8443/)
    for (const target of [
      'api.example.org:80',
      'example.net:8443',
      'example.org',
      '1.2.3.4',
      '[::1]:443',
      '',
      'x\napi.example.org',
      'api.example.org:123456',
    ]) {
      assert.equal(connect(network, target).allowed, false, target)
    }
    const why = (target: string) => connect(network, target).because
    assert.equal(why('x\napi.example.org'), why('1.2.3.4'))
    assert.equal(why('1.2.3.4'), 'allowlist: only names can be opened, not addresses')
    assert.equal(why('Example.org'), 'allowlist: no rule opens example.org:443')
  })
})
