import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { NetworkReport } from '../../src/agents/network/report.ts'
import type { AgentInfo } from '../../src/agents/report/view.ts'
import { processStart } from '../../src/system/processes.ts'
import { processesWith, readProc, TestHome, until } from '../support/agentvm.ts'

/** Runs each script that the test gives it, and hands back what it printed. */
const LOOP = [
  ...['sh', '-c'],
  'trap : INT; while :; do if [ -f go ]; then mv go now; sh ./now >out 2>&1; mv out done; fi; sleep 0.05; done',
]

describe('the network of a running agent', function () {
  this.timeout(240_000)
  let home: TestHome
  let server: Server
  let target: string
  const streams = new Set<Socket>()
  before(async () => {
    server = createServer((request, response) => {
      if (request.url !== '/stream') return void response.end('hello\n')
      response.write('begun\n')
      streams.add(request.socket)
      request.socket.on('close', () => streams.delete(request.socket))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    target = `host.agentvm.internal:${(server.address() as AddressInfo).port}`
  })
  after(() => {
    server.closeAllConnections()
    server.close()
  })
  beforeEach(() => {
    home = new TestHome()
  })
  afterEach(() => home.remove())

  const start = (name: string, ...flags: string[]) => home.ok('spawn', name, ...flags, '--', ...LOOP)
  const inside = async (name: string, script: string): Promise<string> => {
    const path = (file: string) => home.file('workspaces', name, file)
    writeFileSync(path('next'), script)
    renameSync(path('next'), path('go'))
    await until(() => existsSync(path('done')), `the end of ${script}`)
    renameSync(path('done'), path('seen'))
    return readFileSync(path('seen'), 'utf8')
  }
  const ask = (name: string) => inside(name, `curl -sS -m 20 http://${target}/ 2>&1`)
  const report = (name: string) => home.json<NetworkReport>('net', name)
  const proxyPid = () => Number(home.read('proxy', 'pid').split(':')[0])

  it('is opened and closed without a restart, counts what was refused, and ends connections that lose their rule', async () => {
    await start('a1')
    assert.match(await ask('a1'), new RegExp(`agentvm net a1 --allow ${target}`))
    const before = await report('a1')
    assert.deepEqual(
      before.refused.map(({ count, allow, reason }) => [count, allow, reason]),
      [[1, target, 'no-rule']],
    )
    assert.equal((await home.json<AgentInfo>('info', 'a1')).refused_requests, 1)
    assert.match(await home.ok('info', 'a1'), /no host yet \(1 requests refused: agentvm net a1\)/)
    assert.match(await home.ok('net', 'a1', '--allow', target), /agentvm net/)
    assert.equal(await ask('a1'), 'hello\n')
    await inside('a1', `curl -sN http://${target}/stream >stream 2>&1 &`)
    await until(() => streams.size === 1, 'the stream')
    const revoked = await home.run(['net', 'a1', '--revoke', target])
    assert.match(revoked.stderr, /1 open connections ended/)
    await until(() => streams.size === 0, 'the end of the stream')
    assert.match(await ask('a1'), /is not open/)
    const requests = await home.json<{ decision: string }[]>('net', 'a1', '--log')
    assert.deepEqual(
      requests.map(({ decision }) => decision),
      ['refused', 'allowed', 'allowed', 'refused'],
    )
    const events = home
      .read('events.jsonl')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    assert.deepEqual(
      events.filter(({ event }) => event === 'net').map(({ allow, revoke }) => [allow, revoke]),
      [
        [target, undefined],
        [undefined, target],
      ],
    )
  })

  it('keeps what was opened and closed when the agent is started again', async () => {
    await start('a1', '--allow', 'one.example', '--allow', 'two.example')
    await home.ok('net', 'a1', '--allow', target, '--revoke', 'two.example')
    await home.ok('kill', 'a1')
    await home.ok('net', 'a1', '--allow', 'dead.example')
    const { stdout } = await home.run(['spawn', 'a1', '--', ...LOOP], {
      env: { AGENTVM_ALLOW: 'two.example' },
    })
    assert.match(stdout, /network allowlist: dead\.example, host\.agentvm\.internal/)
    const { allow, revoked } = await report('a1')
    assert.deepEqual(allow.map(({ rule }) => rule).sort(), ['dead.example', target])
    assert.deepEqual(revoked, ['two.example'])
    assert.equal(await ask('a1'), 'hello\n')
  })

  it('is the same after a restart, what --allow opened too', async () => {
    await start('a1', '--allow', target, '--allow', '*.example.com')
    await home.ok('net', 'a1', '--revoke', '*.example.com')
    await home.ok('restart', 'a1')
    const { allow } = await report('a1')
    assert.deepEqual(
      allow.map(({ rule, from }) => [rule, from]),
      [[target, '--allow']],
    )
    assert.equal(await ask('a1'), 'hello\n')
  })

  it('is gone while the proxy is dead, and comes back with the next command', async () => {
    await start('a1', '--allow', target)
    await start('a2', '--allow', target)
    assert.equal(await ask('a1'), 'hello\n')
    for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
      const pid = proxyPid()
      process.kill(pid, signal)
      await until(() => processStart(pid) === undefined, 'the end of the proxy')
      assert.doesNotMatch(await ask('a1'), /hello/)
      await home.ok('net', 'a1')
      assert.equal(await ask('a1'), 'hello\n')
      assert.equal(await ask('a2'), 'hello\n')
      assert.notEqual(proxyPid(), pid)
    }
  })

  it('is the agent’s own: another agent’s socket isn’t there, and its rules don’t hold', async () => {
    await start('a1', '--allow', target)
    await start('a2')
    assert.equal(await ask('a1'), 'hello\n')
    assert.match(await ask('a2'), /is not open/)
    const found = await inside(
      'a2',
      'find / -xdev -type s 2>/dev/null; find /run -type s; ls /run/agentvm/proxy',
    )
    assert.deepEqual(found.trim().split('\n').sort(), ['/run/agentvm/proxy/s', 's'])
    assert.match(await inside('a2', 'rm -f /run/agentvm/proxy/s; echo $?'), /Read-only|[1-9]/)
    assert.equal(await ask('a1'), 'hello\n')
  })

  it('outlives Ctrl-C in the agent’s terminal', async () => {
    await start('a1', '--allow', target)
    assert.equal(await ask('a1'), 'hello\n')
    await home.ok('tmux', 'a1', 'send-keys', 'C-c')
    assert.equal(await ask('a1'), 'hello\n')
  })

  it('has one proxy for all agents of a home, which ends with the last', async () => {
    await Promise.all(['a1', 'a2', 'a3', 'a4'].map((name) => start(name, '--allow', target)))
    for (const name of ['a1', 'a2', 'a3', 'a4']) assert.equal(await ask(name), 'hello\n')
    const own = processesWith('proxy/main').filter((pid) =>
      readProc(`${pid}`, 'environ').includes(`AGENTVM_HOME=${home.path}\0`),
    )
    assert.deepEqual(own, [proxyPid()])
    assert.deepEqual(readdirSync(home.file('proxy', 'sockets')).length, 5)
    await home.ok('purge', '--force')
    await until(() => processStart(own[0] ?? 0) === undefined, 'the end of the proxy')
    assert.ok(!existsSync(home.file('proxy', 'sockets')))
  })

  it('follows requests as they come, and ends with the agent', async () => {
    await start('a1')
    await ask('a1')
    const following = home.start(['net', 'a1', '--denied', '-f'])
    const exit = once(following, 'exit')
    let seen = ''
    following.stdout?.on('data', (chunk) => {
      seen += chunk
    })
    await until(() => seen.split('not open').length === 2, 'what was there')
    await ask('a1')
    await until(() => seen.split('not open').length === 3, 'what came')
    await home.ok('kill', 'a1')
    assert.equal((await exit)[0], 0)
  })

  it('can’t be changed where there is no allow-list, nor by what is no rule', async () => {
    await home.ok('spawn', 'a1', '--net', 'none', '--', ...LOOP)
    await start('a2', '--allow', 'one.example')
    const none = await home.run(['net', 'a1', '--allow', 'one.example'])
    assert.equal(none.code, 1)
    assert.match(none.stderr, /has no network[\s\S]*--net allowlist/)
    assert.equal((await home.run(['net', 'a2', '--allow', '10.0.0.1'])).code, 2)
    const unknown = await home.run(['net', 'a2', '--revoke', 'ome.example'])
    assert.match(unknown.stderr, /did you mean 'one\.example'/)
  })
})
