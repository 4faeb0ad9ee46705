import assert from 'node:assert/strict'
import type { SandboxPolicy } from '@agentvm/sdk'
import { bwrapArguments, encodeArguments } from '../../sandbox/bwrap/src/arguments.ts'
import { testPolicy } from '../support/wrapped-policy.ts'

const facts = {
  bwrap: '/usr/bin/bwrap',
  socat: '/usr/bin/socat',
  setsid: '/usr/bin/setsid',
  arch: 'x64',
  processBound: undefined,
  maskedFiles: ['/proc/keys'],
  maskedFolders: ['/proc/acpi'],
  readOnlyProc: ['/proc/sys'],
}

const mount = (path: string) => ({ source: `/host${path}`, target: path })

const policyOf = (changes: Partial<SandboxPolicy> = {}) =>
  testPolicy(
    { workspace: '/tmp/home/w', home: '/tmp/home/h' },
    {
      system: {
        readOnly: [{ source: '/usr', target: '/usr' }],
        symlinks: [{ path: '/bin', target: 'usr/bin' }],
        files: [{ path: '/etc/passwd', content: 'x' }],
      },
      ...changes,
    },
  )

const argsOf = (changes: Partial<SandboxPolicy> = {}) => bwrapArguments(policyOf(changes), facts)

/** The places of some options among the arguments: each the option and the words after it. */
function places(args: string[], ...options: string[][]): number[] {
  return options.map((option) => {
    const at = args.findIndex((_, index) => option.every((word, offset) => args[index + offset] === word))
    assert.ok(at >= 0, `${option.join(' ')} is missing`)
    return at
  })
}

function assertInOrder(args: string[], ...options: string[][]): void {
  const found = places(args, ...options)
  assert.deepEqual(
    found,
    [...found].sort((a, b) => a - b),
  )
}

describe('bubblewrap’s arguments', () => {
  it('mount the private folders first, then the policy’s in its order, protected paths last', () => {
    const args = argsOf({
      readOnly: [mount('/ro')],
      readWrite: [mount('/rw')],
      sockets: [mount('/run/agentvm/s')],
      symlinks: [{ path: '/usr/bin/agent', target: '/ro/agent' }],
      protect: ['/workspace/.envrc'],
    })
    assertInOrder(
      args,
      ['--tmpfs', '/tmp'],
      ['--dev', '/dev'],
      ['--proc', '/proc'],
      ['--ro-bind', '/proc/sys', '/proc/sys'],
      ['--ro-bind', '/dev/null', '/proc/keys'],
      ['--symlink', 'usr/bin', '/bin'],
      ['--ro-bind', '/usr', '/usr'],
      ['--perms', '0644', '--ro-bind-data', '5', '/etc/passwd'],
      ['--ro-bind', '/host/ro', '/ro'],
      ['--bind', '/host/rw', '/rw'],
      ['--bind', '/tmp/home/w', '/workspace'],
      ['--bind', '/tmp/home/h', '/home/agent'],
      ['--ro-bind', '/host/run/agentvm/s', '/run/agentvm/s'],
      ['--symlink', '/ro/agent', '/usr/bin/agent'],
      ['--ro-bind', '/tmp/home/w/.envrc', '/workspace/.envrc'],
      ['--remount-ro', '/'],
    )
  })

  it('leave nothing shared but, with network host, the network', () => {
    const always = ['--unshare-user', '--unshare-pid', '--unshare-ipc', '--unshare-uts', '--disable-userns']
    for (const mode of ['host', 'none'] as const) {
      const args = argsOf({ network: { mode } })
      for (const option of [...always, '--die-with-parent', '--clearenv']) assert.ok(args.includes(option))
      assertInOrder(args, ['--cap-drop', 'ALL'])
      assert.equal(args.includes('--unshare-net'), mode === 'none')
    }
  })

  it('take the caller’s terminal away from what has no pane, and leave it to what has one', () => {
    assert.equal(argsOf({ tty: true }).includes('--new-session'), false)
    assert.equal(argsOf({ tty: false }).includes('--new-session'), true)
  })

  it('bound temporary space where the policy does', () => {
    assert.equal(argsOf().includes('--size'), false)
    const args = argsOf({ limits: { tmpSize: 10, shmSize: 20 } })
    assertInOrder(
      args,
      ['--size', '10', '--perms', '1777', '--tmpfs', '/tmp'],
      ['--size', '20', '--perms', '1777', '--tmpfs', '/dev/shm'],
    )
  })

  it('make every folder above a protected path a mount of its own, the outermost first', () => {
    const args = argsOf({ protect: ['/workspace/a/.git/hooks', '/workspace/a/x'] })
    assertInOrder(
      args,
      ['--bind', '/tmp/home/w/a', '/workspace/a'],
      ['--bind', '/tmp/home/w/a/.git', '/workspace/a/.git'],
      ['--ro-bind', '/tmp/home/w/a/.git/hooks', '/workspace/a/.git/hooks'],
      ['--ro-bind', '/tmp/home/w/a/x', '/workspace/a/x'],
    )
    assert.equal(args.filter((word) => word === '/workspace/a').length, 1)
  })

  it('take a protected path from the mount that is on top', () => {
    const readWrite = [{ source: '/below', target: '/workspace/sub' }]
    assertInOrder(argsOf({ readWrite, protect: ['/workspace/sub/x'] }), [
      ...['--ro-bind', '/tmp/home/w/sub/x', '/workspace/sub/x'],
    ])
    const other = [
      { source: '/a', target: '/data' },
      { source: '/b', target: '/data/in' },
    ]
    assertInOrder(argsOf({ readWrite: other, protect: ['/data/in/x', '/data/inner'] }), [
      ...['--ro-bind', '/b/x', '/data/in/x', '--ro-bind', '/a/inner', '/data/inner'],
    ])
    assertInOrder(argsOf({ protect: ['/workspace'] }), ['--ro-bind', '/tmp/home/w', '/workspace'])
  })

  it('refuse a protected path in nothing that can be written', () => {
    assert.throws(() => argsOf({ protect: ['/usr/bin'] }), /\/usr\/bin, lies in nothing/)
    assert.throws(() => argsOf({ protect: ['/workspaces'] }), /lies in nothing/)
  })

  it('are encoded with a NUL byte after each, empty ones too', () => {
    assert.equal(encodeArguments(['a', '', 'b\n']), 'a\0\0b\n\0')
  })
})
