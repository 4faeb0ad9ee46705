import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { processTree } from '../../src/system/processes.ts'
import { TestHome, until } from '../support/agentvm.ts'

const PROGRAMS = ['git', 'tmux', 'bwrap', 'socat', 'ps', 'du', 'mkfifo', 'openssl', 'ssh-keygen']
/** In the env file, in the caller's shell, and by `-e` for one agent only. */
const VALUES = {
  FILE_KEY: 'value-of-the-file',
  SHELL_KEY: 'value-of-the-shell',
  ONE_KEY: 'value-of-one-agent',
}

describe('secrets', function () {
  this.timeout(240_000)
  const home = new TestHome()
  const folder = dirname(home.path)
  const seen = join(folder, 'seen')
  const env = {
    HOME: join(folder, 'user'),
    PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
    SHELL_KEY: VALUES.SHELL_KEY,
  }
  const agentvm = async (...args: string[]) => {
    const { code, stdout, stderr } = await home.run(args, { env })
    assert.equal(code, 0, `${args.join(' ')}: ${stderr}`)
    return stdout
  }

  before(async () => {
    for (const name of ['bin', 'user', 'seen', 'repo']) mkdirSync(join(folder, name))
    for (const name of PROGRAMS) {
      const real = which(name)
      if (real === undefined) continue
      // Keeps what it was given, and becomes the real one.
      const script = `#!/bin/sh\ncat /proc/$$/environ /proc/$$/cmdline >'${seen}/${name}.'$$\nexec '${real}' "$@"\n`
      writeFileSync(join(folder, 'bin', name), script, { mode: 0o755 })
    }
    execFileSync('git', ['init', '-q', join(folder, 'repo')])
    mkdirSync(home.path, { mode: 0o700 })
    writeFileSync(home.file('env'), `FILE_KEY='${VALUES.FILE_KEY}'\n`, { mode: 0o600 })
    mkdirSync(home.file('hooks'), { mode: 0o700 })
    const hook = `#!/bin/sh\ncat /proc/$$/environ >'${seen}/hook.'$$\n`
    writeFileSync(home.file('hooks/post-spawn'), hook, { mode: 0o700 })
    const words = ['sh', '-c', 'echo "$FILE_KEY $SHELL_KEY $ONE_KEY"; cat']
    await agentvm(
      ...['spawn', 'has', '--from-dir', join(folder, 'repo'), '-e', 'FILE_KEY', '-e', 'SHELL_KEY'],
      ...['-e', `ONE_KEY=${VALUES.ONE_KEY}`, '--', ...words],
    )
    await agentvm('spawn', 'other', '--', ...words)
  })
  after(() => home.remove())

  it('reach the agent that they are named for, and no other', async () => {
    await until(
      async () => (await agentvm('logs', 'has')).includes(Object.values(VALUES).join(' ')),
      'the values',
    )
    await until(async () => (await agentvm('logs', 'other')).includes('\n'), 'output')
    for (const value of Object.values(VALUES)) assert.ok(!(await agentvm('logs', 'other')).includes(value))
  })

  it('are in the environment and the words of no process but the agent’s own', async () => {
    const pids = (JSON.parse(await agentvm('list', '--json')) as { pid: number }[]).map(({ pid }) => pid)
    const proxy = Number(/^\d+/.exec(home.read('proxy/pid'))?.[0])
    const tree = [...pids, ...pids.map(parentOf), proxy].flatMap((pid) => processTree(pid))
    assert.ok(tree.length > 8)
    for (const { pid } of tree) {
      const environment = read(pid, 'environ')
      const isOwn = environment.includes('AGENTVM_AGENT=has\0')
      for (const value of Object.values(VALUES)) {
        const what = `${pid}: ${read(pid, 'cmdline').replaceAll('\0', ' ')}`
        assert.ok(isOwn || !environment.includes(value), what)
        assert.ok(!read(pid, 'cmdline').includes(value), what)
      }
    }
  })

  it('are shown to no program that agentvm runs on the host, nor to hooks', async () => {
    await agentvm('diff', 'has')
    await agentvm('info', 'has')
    await agentvm('ps', '--pss')
    await home.run(['doctor'], { env })
    await agentvm('restart', 'has')
    await agentvm('kill', 'has', '--grace', '0')
    const files = readdirSync(seen)
    for (const name of ['git', 'tmux', 'bwrap', 'hook']) {
      assert.ok(
        files.some((file) => file.startsWith(`${name}.`)),
        `${name} was never run`,
      )
    }
    for (const file of files) {
      const text = readFileSync(join(seen, file), 'utf8')
      for (const value of Object.values(VALUES)) assert.ok(!text.includes(value), `${file}: ${value}`)
    }
  })
})

function which(name: string): string | undefined {
  try {
    return execFileSync('/bin/sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim()
  } catch {
    return undefined
  }
}

function parentOf(pid: number): number {
  return Number(/^PPid:\t(\d+)$/m.exec(read(pid, 'status'))?.[1])
}

function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return ''
  }
}
