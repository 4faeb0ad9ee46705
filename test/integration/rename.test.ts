import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { AgentInfo, AgentRow } from '../../src/agents/report/view.ts'
import { awaitsAnEnd, RUN_JS, TestHome, until } from '../support/agentvm.ts'
import { ShellTerminal } from '../support/shell-terminal.ts'

/** Moments after the start of the command, in milliseconds: from before its first effect to after its end. */
const MOMENTS = [80, 160, 220, 260, 300, 360]

describe('agentvm rename', function () {
  this.timeout(480_000)
  let home: TestHome
  beforeEach(() => {
    home = new TestHome()
  })
  afterEach(() => home.remove())

  const rows = () => home.json<AgentRow[]>('list')
  const names = async () => (await rows()).map(({ name }) => name)
  const seen = (name: string, what: RegExp) =>
    until(async () => what.test(await home.ok('logs', name)), `${what} in the log of ${name}`)

  it('lets a running agent live on: workspace, log, prompt, session, identity follow', async () => {
    await home.ok(
      'spawn',
      'old',
      '-t',
      'a=b',
      '-m',
      'prompt',
      '--',
      'sh',
      '-c',
      'echo up; echo x >work; exec cat',
    )
    await seen('old', /up/)
    const before = await home.json<AgentInfo>('info', 'old')
    const row = await home.json<AgentRow>('mv', 'old', 'new')
    const after = await home.json<AgentInfo>('info', 'new')
    assert.deepEqual(
      [row.status, after.pid, after.id, after.tags],
      ['running', before.pid, before.id, before.tags],
    )
    assert.equal(after.session, 'agentvm-new')
    assert.equal((after.policy as { workspace: { source: string } }).workspace.source, after.workspace)
    assert.deepEqual(home.leftovers('workspaces'), ['workspaces/new'])
    assert.deepEqual(home.leftovers('state').sort(), ['state/new.env', 'state/new.log', 'state/new.prompt'])
    await home.ok('exec', 'new', 'still there')
    await seen('new', /still there\s+still there/)
    assert.equal(readFileSync(`${after.workspace}/work`, 'utf8'), 'x\n')
    assert.match(home.read('homes', after.id, '.gitconfig'), /name = new\n\temail = new@agentvm\.local/)
    assert.match(home.read('history.log'), /\trename\tnew\t.*from=old/)
    await home.ok('tmux', 'new', 'send-keys', 'C-d')
    await home.ok('wait', 'new')
    assert.match(home.read('events.jsonl'), /"event":"exit".*"name":"new"/)
  })

  it('keeps who is attached, and who follows the log or waits by the old name', async () => {
    await home.ok('spawn', 'old', '--', 'sh', '-c', 'echo up; exec cat')
    await seen('old', /up/)
    const follower = home.start(['logs', 'old', '-f'])
    let followed = ''
    follower.stdout?.on('data', (chunk) => {
      followed += chunk
    })
    const waiter = home.start(['wait', 'old', '--exit-code'])
    const { PATH = '', HOME = '' } = process.env
    const terminal = new ShellTerminal([process.execPath, RUN_JS, 'attach', 'old'], {
      ...{ PATH, HOME, AGENTVM_HOME: home.path },
    })
    try {
      await terminal.shows(/up/)
      await until(() => /up/.test(followed), 'the log')
      await until(() => awaitsAnEnd(waiter), 'the wait by the old name')
      await home.ok('rename', 'old', 'new')
      await home.ok('exec', 'new', 'after the rename')
      await terminal.shows(/after the rename/)
      await until(() => /after the rename/.test(followed), 'what came after')
      await home.ok('kill', 'new')
      const [[code], [waited]] = await Promise.all([
        follower.exitCode === null ? once(follower, 'exit') : [follower.exitCode],
        waiter.exitCode === null ? once(waiter, 'exit') : [waiter.exitCode],
      ])
      assert.deepEqual([code, waited], [0, 143])
    } finally {
      terminal.close()
      follower.kill('SIGKILL')
      waiter.kill('SIGKILL')
    }
  })

  it('renames a dead agent, which restarts by its new name', async () => {
    await home.ok('spawn', 'old', '--', 'sh', '-c', 'cat work 2>/dev/null; echo x >work')
    await home.ok('wait', 'old')
    await home.ok('rename', 'old', 'new')
    await home.ok('restart', 'new')
    await home.ok('wait', 'new')
    assert.match(await home.ok('logs', 'new'), /^x$/m)
    assert.deepEqual(await names(), ['new'])
  })

  it('tells plugins of it, with the old name', async () => {
    const plugin = join(dirname(home.path), 'watcher')
    const seenBy = join(plugin, 'seen.json')
    const write = `import { writeFileSync } from 'node:fs'
export default async (event) => writeFileSync(${JSON.stringify(seenBy)}, JSON.stringify({ from: event.from, agent: event.agent }))`
    mkdirSync(plugin)
    writeFileSync(join(plugin, 'hook.js'), write)
    writeFileSync(join(plugin, 'oclif.manifest.json'), JSON.stringify({ version: '1.0.0', commands: {} }))
    const pjson = {
      ...{ name: 'watcher', version: '1.0.0', type: 'module', agentvm: { apiVersion: 1 } },
      oclif: { hooks: { 'agentvm:rename': './hook.js' } },
    }
    writeFileSync(join(plugin, 'package.json'), JSON.stringify(pjson))
    const env = { HOME: plugin, XDG_CACHE_HOME: join(plugin, 'cache'), npm_config_offline: 'true' }
    const linked = await home.run(['plugins', 'link', plugin], { env })
    assert.equal(linked.code, 0, linked.stderr)
    await home.ok('spawn', 'old', '--', 'true')
    await home.ok('wait', 'old')
    const { id } = await home.json<AgentRow>('rename', 'old', 'new')
    const event = JSON.parse(readFileSync(seenBy, 'utf8'))
    assert.deepEqual([event.from, event.agent.name, event.agent.id], ['old', 'new', id])
  })

  it('refuses where the sandbox can not follow, until the agent is dead', async () => {
    await home.ok('spawn', 'old', '--sandbox', 'none', '--', 'cat')
    const { code, stderr } = await home.run(['rename', 'old', 'new'])
    assert.equal(code, 1)
    assert.match(stderr, /can't follow.*\n.*agentvm kill old/)
    assert.deepEqual(home.leftovers('workspaces'), ['workspaces/old'])
    await home.ok('kill', 'old')
    await home.ok('rename', 'old', 'new')
    assert.deepEqual(await names(), ['new'])
  })

  it('never moves a workspace that agentvm did not make, nor what a link leads to', async () => {
    await home.ok('spawn', 'old', '--', 'sh', '-c', 'echo x >work')
    await home.ok('wait', 'old')
    const state = home
      .read('state', 'old.env')
      .replace("AGENT_WORKSPACE_OWNED='true'", "AGENT_WORKSPACE_OWNED='false'")
    writeFileSync(home.file('state', 'old.env'), state)
    const { workspace } = await home.json<AgentRow>('rename', 'old', 'new')
    assert.equal(workspace, home.file('workspaces', 'old'))
    assert.equal(home.read('workspaces', 'old', 'work'), 'x\n')
    symlinkSync('/nowhere', home.file('workspaces', 'third'))
    const { stderr } = await home.run(['rename', 'new', 'third'])
    assert.match(stderr, /workspaces\/third is there/)
  })

  it('refuses names that are taken, bad, unknown or its own', async () => {
    await home.ok('spawn', 'one', '--', 'true')
    await home.ok('spawn', 'two', '--', 'true')
    for (const [from, to, message] of [
      ['one', 'two', /there is an agent 'two' already/],
      ['one', 'one', /called so already/],
      ['one', '-x', /nonexistent|unknown|flag|can't be the name/i],
      ['ones', 'new', /did you mean 'one'/],
    ] as const) {
      const { code, stderr } = await home.run(['rename', from, to])
      assert.notEqual(code, 0)
      assert.match(stderr, message)
    }
    assert.deepEqual(await names(), ['one', 'two'])
  })

  it('has one winner when renames race, and everything of every agent stays', async () => {
    for (const name of ['a', 'b', 'c']) {
      await home.ok('spawn', name, '--', 'sh', '-c', `echo ${name} >work`)
      await home.ok('wait', name)
    }
    const toOne = await Promise.all(['a', 'b', 'c'].map((name) => home.run(['rename', name, 'target'])))
    assert.equal(toOne.filter(({ code }) => code === 0).length, 1)
    const apart = await Promise.all(['x', 'y', 'z'].map((name) => home.run(['rename', 'target', name])))
    assert.equal(apart.filter(({ code }) => code === 0).length, 1)
    const swapped = await names()
    const works = swapped.map((name) => home.read('workspaces', name, 'work').trim())
    assert.deepEqual(works.sort(), ['a', 'b', 'c'])
    assert.equal(home.leftovers('workspaces').length, 3)
  })

  it('goes on from every state that a crash can leave', async () => {
    await home.ok('spawn', 'a', '--', 'sh', '-c', 'echo said; echo x >work')
    await home.ok('wait', 'a')
    const state = (name: string) => home.file('state', `${name}.env`)
    const before = home.read('state', 'a.env')
    writeFileSync(state('a'), `${before}AGENT_RENAME_TO='b'\n`)
    assert.deepEqual(await names(), ['a'], 'it had only been announced')
    assert.doesNotMatch(home.read('state', 'a.env'), /RENAME/)
    const renamed = before
      .replace(/^AGENT_NAME=.*$/m, "AGENT_NAME='b'")
      .replace(/^(AGENT_WORKSPACE=.*)a'$/m, "$1b'")
      .replace(/^(AGENT_LOG_FILE=.*)a\.log'$/m, "$1b.log'")
      .replace(/^(AGENT_SESSION=.*)a'$/m, "$1b'")
    for (const moved of [[], ['workspaces/a'], ['workspaces/a', 'state/a.log']]) {
      writeFileSync(state('a'), `${before}AGENT_RENAME_TO='b'\n`)
      writeFileSync(state('b'), `${renamed}AGENT_RENAMED_FROM='a'\n`)
      for (const path of moved) renameSync(home.file(path), home.file(path.replace(/a(\.log)?$/, 'b$1')))
      assert.deepEqual(await names(), ['b'], moved.join())
      assert.deepEqual(home.leftovers('state', 'workspaces').sort(), [
        'state/b.env',
        'state/b.log',
        'workspaces/b',
      ])
      assert.equal(home.read('workspaces', 'b', 'work'), 'x\n')
      assert.match(await home.ok('logs', 'b'), /said/)
      await home.ok('rename', 'b', 'a')
    }
  })

  it('is completed or taken back by the next command when it is killed on its way', async () => {
    await home.ok('spawn', 'a', '--', 'sh', '-c', 'echo up; echo x >work; exec cat')
    await seen('a', /up/)
    let [now, next] = ['a', 'b']
    for (const [index, moment] of MOMENTS.entries()) {
      const child = home.start(['rename', now, next], { env: { NODE_V8_COVERAGE: '' } })
      await new Promise((resolve) => setTimeout(resolve, moment))
      child.kill('SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      const [row, ...more] = await rows()
      assert.deepEqual([row?.status, more], ['running', []], `after ${moment} ms`)
      if (row?.name === next) [now, next] = [next, now]
      assert.equal(row?.name, now)
      assert.equal(home.read('workspaces', now, 'work'), 'x\n')
      assert.deepEqual(home.leftovers('workspaces'), [`workspaces/${now}`], `after ${moment} ms`)
      assert.ok(!existsSync(home.file('state', `${next}.env`)), `after ${moment} ms`)
      await home.ok('exec', now, `round ${index}`)
      await seen(now, new RegExp(`round ${index}`))
    }
  })
})
