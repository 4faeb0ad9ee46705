import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { findHostFacts } from '../../sandbox/podman/src/host-facts.ts'
import { createBackend } from '../../sandbox/podman/src/index.ts'
import { TestHome, until } from '../support/agentvm.ts'

const PACKAGE = join(import.meta.dirname, '../../sandbox/podman')

/** Names of podman's containers of agents, running or not. */
const containers = () =>
  execFileSync('podman', ['ps', '--all', '--format', '{{.Names}}'], { encoding: 'utf8' })
    .split('\n')
    .filter((name) => name.startsWith('agentvm-'))

describe('the sandbox plugin for podman, installed from its tarball', function () {
  this.timeout(480_000)
  const home = new TestHome()
  const folder = dirname(home.path)
  const env = {
    HOME: join(folder, 'user'),
    npm_config_cache: join(folder, 'npm'),
    npm_config_offline: 'true',
  }
  const agentvm = (...args: string[]) => home.run(args, { env })
  /** Undefined if containers can be started here. */
  let whyNot: string | undefined
  /** A test that needs a container; where there can be none, it says so for all to see. */
  const withPodman = (name: string, body: () => Promise<void>) =>
    it(name, async () => {
      if (whyNot === undefined) await body()
      else process.stderr.write(`    NOT SHOWN, podman does not work here: ${whyNot}\n`)
    })

  before(async () => {
    const probe = await createBackend(findHostFacts()).probe()
    whyNot = probe.ok ? undefined : probe.reason
    const packed = execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], {
      ...{ cwd: PACKAGE, encoding: 'utf8', env: { ...process.env, ...env } },
    })
    const { code, stderr } = await agentvm('plugins', 'install', join(folder, packed.trim()))
    assert.equal(code, 0, stderr)
    assert.doesNotMatch(stderr, /may not work/)
  })
  after(() => home.remove())

  it('is listed with what it enforces, or with why it does not work and what to do', async () => {
    const { stdout } = await agentvm('sandboxes', '--json')
    const found = (JSON.parse(stdout) as Record<string, unknown>[]).find(({ id }) => id === 'podman')
    assert.match(JSON.stringify(found), /@agentvm\/sandbox-podman/)
    assert.match(JSON.stringify(found), whyNot === undefined ? /podman version \d/ : /"reason":"\w/)
  })

  withPodman('holds against every attack of the kit, and fails closed', async () => {
    const { stdout, stderr } = await agentvm('doctor', '--probe', '--sandbox', 'podman', '--json')
    const [score] = JSON.parse(stdout || '[]') as { held: number; classes: { holes: string[] }[] }[]
    assert.deepEqual(
      score?.classes.flatMap(({ holes }) => holes),
      [],
      stderr,
    )
    assert.ok((score?.held ?? 0) > 120, stdout)
  })

  withPodman('runs a command with exact words, environment and exit code', async () => {
    const { code, stdout, stderr } = await agentvm(
      ...['run', '--sandbox', 'podman', '--net', 'none', '-e', 'KEY=a  b\n\'c"', '--'],
      ...['sh', '-c', 'printf "%s|%s|%s|" "$KEY" "$(id -un)" "$1"; pwd; exit 7', 'sh', 'a  b'],
    )
    assert.equal(code, 7, stderr)
    assert.equal(stdout, 'a  b\n\'c"|agent|a  b|/workspace\n')
    assert.deepEqual(containers(), [])
  })

  withPodman(
    'keeps the values of the environment out of command lines and of podman’s own records',
    async () => {
      await agentvm(
        'spawn',
        'p1',
        '--sandbox',
        'podman',
        '-e',
        'KEY=se-cr-et',
        '--',
        'sh',
        '-c',
        'echo "$KEY"; cat',
      )
      await until(async () => (await agentvm('logs', 'p1')).stdout.includes('se-cr-et'), 'the agent’s output')
      const inspected = execFileSync('podman', ['inspect', ...containers()], { encoding: 'utf8' })
      assert.doesNotMatch(inspected, /se-cr-et/)
      const { stdout } = await agentvm('ps', '--json')
      const [usage] = JSON.parse(stdout) as { processes: number }[]
      assert.ok((usage?.processes ?? 0) > 2, stdout)
      assert.equal((await agentvm('kill', 'p1')).code, 0)
      assert.deepEqual(containers(), [])
      assert.match(await home.ok('list'), /^p1 +dead \(killed\)/m)
    },
  )

  withPodman('leaves no container behind where its tmux server was killed', async () => {
    await agentvm('spawn', 'p2', '--sandbox', 'podman', '--', 'sh', '-c', 'sleep 600')
    const id = /^AGENT_ID='(.*)'$/m.exec(home.read('state/p2.env'))?.[1]
    await until(() => containers().includes(`agentvm-${id}`), 'the container')
    const pid = Number(/^AGENT_PID='(.*)'$/m.exec(home.read('state/p2.env'))?.[1])
    process.kill(Number(/^PPid:\t(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]), 'SIGKILL')
    await until(async () => /^p2 +dead/m.test((await agentvm('list')).stdout), 'the end')
    assert.deepEqual(containers(), [])
  })

  withPodman('reaches the network by the allow-list only', async () => {
    const { stdout } = await agentvm(
      ...['run', '--sandbox', 'podman', '--', 'sh', '-c'],
      'curl -s -m 5 http://example.invalid; tail -n +3 /proc/net/dev | wc -l',
    )
    assert.match(stdout, /example\.invalid:80 is not open to this agent[\s\S]*\n1\n$/)
  })
})
