import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { AgentInfo } from '../../src/agents/report/view.ts'
import { TestHome } from '../support/agentvm.ts'

describe('the network of an agent', () => {
  let home: TestHome
  beforeEach(() => {
    home = new TestHome()
  })
  afterEach(() => home.remove())

  it('is by default a proxy that refuses what nobody opened, and says how to open it', async () => {
    const { code, stdout } = await home.run(['run', '--', 'curl', '-s', 'http://example.com/'])
    assert.equal(code, 0)
    assert.match(stdout, /example\.com:80 is not open .*agentvm net run-\w+ --allow example\.com:80/)
  })

  it('takes more hosts from --allow and from AGENTVM_ALLOW, in the plan too', async () => {
    const args = ['spawn', 'a1', '--dry-run', '--json', '--allow', 'one.example', '--', 'true']
    const { stdout } = await home.run(args, { env: { AGENTVM_ALLOW: 'two.example:8443 *.three.example' } })
    assert.deepEqual(JSON.parse(stdout).allow, [
      { host: 'one.example', port: 443, from: '--allow' },
      { host: 'two.example', port: 8443, from: 'AGENTVM_ALLOW' },
      { host: '*.three.example', port: 443, from: 'AGENTVM_ALLOW' },
    ])
  })

  it('takes the hosts of a seed’s remotes with @git, not those that an agent writes into its workspace', async () => {
    const seed = join(home.path, '..', 'seed')
    execFileSync('git', ['init', '-q', seed])
    execFileSync('git', ['-C', seed, 'remote', 'add', 'origin', 'https://git.corp.example/x.git'])
    const hosts = async (...flags: string[]) => {
      const args = ['spawn', 'a1', '--dry-run', '--json', '--allow', '@git', ...flags, '--', 'true']
      return JSON.parse((await home.run(args)).stdout).allow.map(({ host }: { host: string }) => host)
    }
    assert.ok((await hosts('--from-dir', seed)).includes('git.corp.example'))
    assert.ok((await hosts('--from-git', 'https://git.two.example/x.git')).includes('git.two.example'))
    mkdirSync(home.file('workspaces'), { recursive: true })
    cpSync(seed, home.file('workspaces', 'a1'), { recursive: true })
    assert.ok(!(await hosts()).includes('git.corp.example'))
  })

  it('is refused where an allow-list makes no sense, and for what is no host', async () => {
    for (const args of [
      ['--net', 'none', '--allow', 'a.example'],
      ['--net', 'host', '--allow', 'a.example'],
      ['--allow', '127.0.0.1'],
      ['--allow', '@nmp'],
    ]) {
      assert.equal((await home.run(['spawn', 'a1', ...args, '--', 'true'])).code, 2, args.join(' '))
    }
    assert.match(
      (await home.run(['spawn', 'a1', '--allow', '@nmp', '--', 'true'])).stderr,
      /did you mean @npm/,
    )
  })

  it('keeps the agent’s arguments, exit code and environment as they are without it', async () => {
    const odd = ['a b', '', "'", '$(x)', 'ü😀', '--', 'A=B', '\\', 'two\nlines']
    const script = 'printf "%s\\0" "$@" >argv; tr "\\0" "\\n" </proc/$$/environ | sort >env; exit 7'
    await home.ok(
      'spawn',
      'a1',
      '-e',
      'n=1',
      '-e',
      'port=2',
      '-e',
      'SHLVL=9',
      '--',
      'sh',
      '-c',
      script,
      'sh',
      ...odd,
    )
    assert.equal((await home.run(['wait', 'a1', '--exit-code'])).code, 7)
    assert.deepEqual(home.read('workspaces', 'a1', 'argv').split('\0').slice(0, -1), odd)
    const { policy } = await home.json<AgentInfo>('info', 'a1')
    const seen = home.read('workspaces', 'a1', 'env').trim().split('\n')
    assert.deepEqual(seen.map((line) => line.split('=')[0]).sort(), policy?.env)
    for (const line of ['n=1', 'port=2', 'SHLVL=9']) assert.ok(seen.includes(line), line)
  })
})
