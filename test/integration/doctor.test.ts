import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { findHostFacts } from '../../sandbox/bwrap/src/host-facts.ts'
import { createBackend } from '../../sandbox/bwrap/src/index.ts'
import none from '../../sandbox/none/src/index.ts'
import type { Context } from '../../src/agents/context.ts'
import { checkNetwork } from '../../src/agents/doctor/network.ts'
import { checkSandboxes } from '../../src/agents/doctor/sandboxes.ts'
import { Home } from '../../src/settings/home.ts'
import { RUN_JS, TestHome } from '../support/agentvm.ts'
import { ShellTerminal } from '../support/shell-terminal.ts'

interface Result {
  name: string
  status: string
  message: string
  fix?: string
}

describe('agentvm doctor', () => {
  let home: TestHome
  let tools: string
  beforeEach(() => {
    home = new TestHome()
    mkdirSync(home.path, { mode: 0o700 })
    tools = join(dirname(home.path), 'tools')
    mkdirSync(tools)
  })
  afterEach(() => home.remove())

  const doctor = async (args: string[] = [], env: Record<string, string> = {}) => {
    const { code, stdout, stderr } = await home.run(['doctor', '--json', ...args], { env })
    return { code, stderr, results: JSON.parse(stdout) as Result[] }
  }
  const named = (results: Result[], name: string) => results.filter((result) => result.name === name)

  /** This machine without tmux, and a package manager that brings it. */
  function withoutTmux(): Record<string, string> {
    for (const name of readdirSync('/usr/bin')) {
      if (!['tmux', 'apt-get', 'sudo'].includes(name)) symlinkSync(join('/usr/bin', name), join(tools, name))
    }
    script('apt-get', `echo "$@" >>"$0.args"; ln -s ${which('tmux')} ${join(tools, 'tmux')}`)
    script('sudo', 'exec "$@"')
    return { PATH: tools }
  }
  const script = (name: string, text: string) =>
    writeFileSync(join(tools, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 })
  const which = (name: string) =>
    execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim()

  it('finds nothing broken on a machine that has all, and really starts the sandbox', async () => {
    const { code, results } = await doctor()
    assert.deepEqual(
      results.filter(({ status }) => status === 'problem'),
      [],
    )
    assert.equal(code, 0)
    assert.match(named(results, 'sandbox bwrap')[0]?.message ?? '', /held in a self-test/)
    assert.match(named(results, 'network bwrap')[0]?.message ?? '', /allow-list/)
    assert.deepEqual(home.leftovers('run'), [])
  })

  it('names what an allow-list lacks, and how to get it', async () => {
    const box = createBackend({ ...findHostFacts(), socat: undefined })
    const context = { extensions: { sandboxes: async () => [box] } } as unknown as Context
    const [result] = await checkNetwork(context)
    assert.equal(result?.status, 'problem')
    assert.match(`${result?.message} ${result?.fix}`, /no allow-list: socat is not installed.*socat/)
  })

  it('exits with 1 where the sandbox does not work, and says why', async () => {
    script('bwrap', 'echo "bwrap: No permissions to create new namespace" >&2; exit 1')
    const { code, results } = await doctor([], { PATH: `${tools}:${process.env.PATH}` })
    assert.equal(code, 1)
    assert.equal(named(results, 'sandbox bwrap')[0]?.status, 'problem')
    assert.match(named(results, 'sandbox')[0]?.message ?? '', /no sandbox works here/)
  })

  it('notices a sandbox that starts and does not hold', async () => {
    const lying = { ...none, id: 'lying', capabilities: { ...none.capabilities, isolates: true } }
    const context = {
      home: new Home({ AGENTVM_HOME: home.path }),
      extensions: { sandboxes: async () => [lying] },
    }
    const [result] = await checkSandboxes(context as unknown as Context)
    assert.equal(result?.status, 'problem')
    assert.match(result?.message ?? '', /does not hold: reads-host-files, writes-outside/)
  })

  it('installs with --fix --yes, and never without being asked where there is no terminal', async () => {
    const env = withoutTmux()
    const refused = await doctor(['--fix'], env)
    assert.equal(refused.code, 1)
    assert.match(named(refused.results, 'tmux')[0]?.fix ?? '', /^(sudo )?apt-get install -y tmux$/)
    assert.match(refused.stderr, /no terminal to ask on \(add --yes/)
    assert.ok(!existsSync(join(tools, 'apt-get.args')))
    const fixed = await doctor(['--fix', '--yes'], env)
    assert.equal(fixed.code, 0, fixed.stderr)
    assert.equal(readFileSync(join(tools, 'apt-get.args'), 'utf8'), 'install -y tmux\n')
    assert.equal(named(fixed.results, 'tmux')[0]?.status, 'ok')
  })

  it('asks on a terminal before it installs, and takes no for an answer', async () => {
    const env = { ...withoutTmux(), HOME: dirname(home.path), AGENTVM_HOME: home.path }
    const terminal = new ShellTerminal(
      ['sh', '-c', `"$@"; echo "rc=$?"; read -r x`, 'sh', process.execPath, RUN_JS, 'doctor', '--fix'],
      env,
    )
    try {
      await terminal.shows(/Run: (sudo )?apt-get install -y tmux\? \[y\/N\]/)
      terminal.type('n')
      terminal.press('Enter')
      await terminal.shows(/^rc=1$/m)
      assert.ok(!existsSync(join(tools, 'apt-get.args')))
    } finally {
      terminal.close()
    }
  })

  it('closes what others could read or change', async () => {
    writeFileSync(home.file('env'), 'A=1\n', { mode: 0o644 })
    writeFileSync(home.file('config'), 'AGENTVM_NET=none\n')
    chmodSync(home.file('env'), 0o644)
    chmodSync(home.file('config'), 0o666)
    chmodSync(home.path, 0o755)
    const found = await doctor()
    assert.equal(found.code, 1)
    assert.equal(named(found.results, 'env file')[0]?.fix, `chmod 600 ${home.file('env')}`)
    assert.match(named(found.results, 'config file')[0]?.message ?? '', /others can change/)
    assert.equal((await doctor(['--fix'])).code, 0)
    const mode = (path: string) => statSync(path).mode & 0o777
    assert.deepEqual([home.file('env'), home.file('config'), home.path].map(mode), [0o600, 0o600, 0o700])
  })

  it('names what in the config file stops agents from starting', async () => {
    writeFileSync(home.file('config'), 'AGENTVM_NTE=none\nAGENTVM_NET=some\n')
    const { code, results } = await doctor()
    assert.equal(code, 1)
    const messages = named(results, 'config').map(({ message }) => message)
    assert.match(messages.join('\n'), /"some"[\s\S]*did you mean AGENTVM_NET\?/)
  })

  it('removes locks of commands that have died, and no others', async () => {
    mkdirSync(home.file('state'))
    writeFileSync(home.file('env.lock'), '999999:1')
    writeFileSync(home.file('state', '.gone.lock'), '999999:1')
    writeFileSync(home.file('state', '.held.lock'), identity(process.pid))
    const [found] = named((await doctor()).results, 'locks')
    assert.equal(found?.message, '2 left by commands that have died')
    assert.deepEqual(named((await doctor(['--fix'])).results, 'locks'), [])
    assert.deepEqual(home.leftovers('state'), ['state/.held.lock'])
    assert.ok(!existsSync(home.file('env.lock')))
  })
})

/** `pid:start` as a lock names its owner. */
function identity(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  return `${pid}:${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`
}
