import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { until } from '../support/agentvm.ts'

const root = resolve(import.meta.dirname, '../..')
const node = [
  '--no-warnings',
  '-e',
  `import('@oclif/core').then((o) => o.execute({ dir: ${JSON.stringify(root)} }))`,
]

describe('agentvm env', () => {
  let home: string
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'agentvm-it-'))
  })
  afterEach(() => rmSync(home, { recursive: true, force: true }))

  const cli = (args: string[], options: { input?: string | Buffer; env?: Record<string, string> } = {}) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [...node, '--', 'agentvm', ...args], {
      cwd: root,
      encoding: 'utf8',
      input: options.input ?? '',
      env: { PATH: process.env.PATH, HOME: home, AGENTVM_HOME: join(home, 'vm'), ...options.env },
    })
    return { status, stdout, stderr }
  }
  const file = () => readFileSync(join(home, 'vm', 'env'), 'utf8')

  it('stores a value in each way that the original takes, and prints it raw', () => {
    assert.equal(cli(['env', 'set', 'A=x=1 y']).status, 0)
    assert.equal(cli(['env', 'set', 'B', "it's"]).status, 0)
    assert.equal(cli(['env', 'set', 'C'], { input: 'from\nstdin\n\n' }).status, 0)
    assert.equal(file(), "A='x=1 y'\nB='it'\\''s'\nC='from\nstdin\n'\n")
    assert.equal(cli(['env', 'get', 'C']).stdout, 'from\nstdin\n\n')
    assert.equal(statSync(join(home, 'vm', 'env')).mode & 0o777, 0o600)
    assert.deepEqual(JSON.parse(cli(['env', 'get', 'A', '--json']).stdout), { key: 'A', value: 'x=1 y' })
  })

  it('lists values masked, and never prints one elsewhere', () => {
    const secret = 'sk-ant-0123456789abcdefghijklmnopqrstuvwxyz'
    const outputs = [
      cli(['env', 'set', `KEY=${secret}`]),
      cli(['env', 'set', 'KEY', secret, '--json']),
      cli(['env', 'list']),
      cli(['env', 'ls', '--json']),
      cli(['env', 'unset', 'KEI']),
    ]
    for (const { stdout, stderr } of outputs) assert.ok(!`${stdout}${stderr}`.includes('0123'))
    assert.match(outputs[2]?.stdout ?? '', /^KEY {2}VALUE\nKEY {2}sk-a…wxyz\n$/)
    assert.deepEqual(JSON.parse(outputs[3]?.stdout ?? ''), [{ key: 'KEY', masked: 'sk-a…wxyz' }])
    assert.equal(outputs[4]?.status, 1)
    assert.match(outputs[4]?.stderr ?? '', /KEI is not set\n.*did you mean KEY\?/)
  })

  it('removes values by either name of the command', () => {
    cli(['env', 'set', 'A=1'])
    cli(['env', 'set', 'B=2'])
    assert.equal(cli(['env', 'rm', 'A']).status, 0)
    assert.equal(cli(['env', 'unset', 'B']).status, 0)
    assert.equal(file(), '')
  })

  it('refuses bad input as bad usage', () => {
    for (const args of [['set', '1A=2'], ['set', 'A=1', '2'], ['set', 'A'], ['set'], ['get']]) {
      assert.equal(cli(['env', ...args]).status, 2, args.join(' '))
    }
    assert.equal(cli(['env', 'set', 'A'], { input: Buffer.from([0xff]) }).status, 2)
  })

  it('prints its path and edits with the user’s editor', () => {
    assert.equal(cli(['env', 'path']).stdout, `${join(home, 'vm', 'env')}\n`)
    const { status } = cli(['env', 'edit'], { env: { EDITOR: 'f() { echo "# mine" > "$1"; }; f' } })
    assert.equal(status, 0)
    assert.equal(file(), '# mine\n')
  })

  it('asks on a terminal without showing the answer', async () => {
    const socket = join(home, 'tmux')
    const tmux = (...args: string[]) =>
      execFileSync('tmux', ['-S', socket, '-f', '/dev/null', ...args], { encoding: 'utf8' })
    const command = `cd ${root} && AGENTVM_HOME=${home}/vm '${process.execPath}' "$@"; echo "rc=$?"; read x`
    tmux(
      'new-session',
      '-d',
      '-x',
      '200',
      'sh',
      '-c',
      command,
      'sh',
      ...node,
      '--',
      'agentvm',
      'env',
      'set',
      'KEY',
    )
    try {
      const shows = async (expected: RegExp) => {
        let screen = ''
        const look = () => {
          screen = tmux('capture-pane', '-p')
          return expected.test(screen)
        }
        await until(look, String(expected)).catch(() => assert.match(screen, expected))
        return screen
      }
      await shows(/KEY:/)
      tmux('send-keys', '-l', 'topsecrex')
      tmux('send-keys', 'BSpace', 't', 'Enter')
      assert.doesNotMatch(await shows(/rc=0/), /tops/)
      assert.equal(file(), 'KEY=topsecret\n')
    } finally {
      tmux('kill-server')
    }
  })
})
