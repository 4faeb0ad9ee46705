import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CleanOutcome } from '../../src/agents/end/clean.ts'
import type { AgentInfo, AgentRow } from '../../src/agents/report/view.ts'
import type { TrashEntry } from '../../src/agents/trash/entries.ts'
import { processesWith, RUN_JS, TestHome, until } from '../support/agentvm.ts'
import { ShellTerminal } from '../support/shell-terminal.ts'

const MOMENTS = [80, 160, 220, 260, 320]

describe('agentvm trash', function () {
  this.timeout(480_000)
  let home: TestHome
  beforeEach(() => {
    home = new TestHome()
  })
  afterEach(() => home.remove())

  const put = async (name: string, script = 'echo said; echo x >work; echo y >~/note') => {
    await home.ok('spawn', name, '-t', 'a=b', '-m', 'prompt', '--', 'sh', '-c', script)
    await home.ok('wait', name)
    await home.ok('clean', '--force', name)
  }
  const entries = () => home.json<TrashEntry[]>('trash', 'list')
  const names = async () => (await home.json<AgentRow[]>('list')).map(({ name }) => name)
  /** Makes an entry look as if it had been put there so many days ago. */
  const age = async (name: string, days: number) => {
    const entry = (await entries()).find((each) => each.name === name)
    const file = join(entry?.trash ?? '', 'agent.json')
    const facts = JSON.parse(readFileSync(file, 'utf8'))
    writeFileSync(
      file,
      JSON.stringify({ ...facts, trashed_at: new Date(Date.now() - days * 86_400_000).toISOString() }),
    )
  }

  it('lists what it holds with sizes and how long it stays', async () => {
    assert.match((await home.run(['trash', 'list'])).stderr, /the trash is empty/)
    await put('one')
    const [entry] = await entries()
    assert.deepEqual([entry?.name, entry?.has_workspace], ['one', true])
    assert.ok((entry?.bytes ?? 0) > 4)
    const days = (Date.parse(entry?.expires_at ?? '') - Date.parse(entry?.trashed_at ?? '')) / 86_400_000
    assert.equal(days, 30)
    assert.match(await home.ok('trash', 'list'), /^NAME +ID .*SIZE\none +\w{8} .* 30d .*B\n$/)
  })

  it('brings an agent back, dead, with workspace, home, log, prompt and all that a restart repeats', async () => {
    await home.ok(
      'spawn',
      'one',
      '-t',
      'a=b',
      '-m',
      'prompt',
      '--',
      'sh',
      '-c',
      'echo said; cat work; echo x >work; echo y >~/note',
    )
    await home.ok('wait', 'one')
    const before = await home.json<AgentInfo>('info', 'one')
    await home.ok('clean', '--force', 'one')
    assert.deepEqual(await names(), [])
    const row = await home.json<AgentRow>('trash', 'restore', 'one')
    const after = await home.json<AgentInfo>('info', 'one')
    assert.deepEqual(after, { ...before, policy: null })
    assert.equal(row.status, 'dead')
    assert.match(await home.ok('logs', 'one'), /said/)
    assert.equal(home.read('homes', after.id, 'note'), 'y\n')
    assert.equal(home.read('state', 'one.prompt'), 'prompt')
    assert.deepEqual(await entries(), [])
    assert.deepEqual(readdirSync(home.file('trash')), [])
    assert.match(home.read('history.log'), /\trestore\tone\t/)
    await home.ok('restart', 'one')
    await home.ok('wait', 'one')
    assert.match(await home.ok('logs', 'one'), /^x$/m)
    assert.match(await home.ok('diff', 'one', '--name-only'), /work/)
  })

  it('refuses a name that is taken again, and takes another one', async () => {
    await put('one')
    await home.ok('spawn', 'one', '--', 'true')
    const { code, stderr } = await home.run(['trash', 'restore', 'one'])
    assert.equal(code, 1)
    assert.match(stderr, /there is an agent 'one' again\n.*--as/)
    const { id } = await home.json<AgentRow>('trash', 'restore', 'one', '--as', 'two')
    assert.equal(home.read('workspaces', 'two', 'work'), 'x\n')
    assert.match(home.read('homes', id, '.gitconfig'), /name = two\n/)
    assert.deepEqual(await names(), ['one', 'two'])
  })

  it('asks for the id where several had the name, and suggests the nearest', async () => {
    await put('one')
    await put('one')
    const [first] = await entries()
    const several = await home.run(['trash', 'restore', 'one'])
    assert.equal(several.code, 2)
    assert.match(several.stderr, new RegExp(`holds 2 agents.*\n.*${first?.id}`))
    assert.match((await home.run(['trash', 'restore', 'ones'])).stderr, /did you mean 'one'/)
    await home.ok('trash', 'restore', first?.id ?? '')
    assert.deepEqual(await names(), ['one'])
  })

  it('is emptied only after a question or by force, whole or by age', async () => {
    await put('old')
    await put('young')
    await age('old', 9)
    const refused = await home.run(['trash', 'empty'])
    assert.equal(refused.code, 2)
    assert.match(refused.stderr, /--force/)
    assert.equal((await entries()).length, 2)
    assert.match((await home.run(['trash', 'empty', '--older-than', 'soon'])).stderr, /not an age/)
    assert.match(await home.ok('trash', 'empty', '--older-than', '1w', '--force'), /^old: removed for good/)
    assert.deepEqual(
      (await entries()).map(({ name }) => name),
      ['young'],
    )
    const { PATH = '' } = process.env
    const terminal = new ShellTerminal([process.execPath, RUN_JS, 'trash', 'empty'], {
      ...{ PATH, HOME: home.path, AGENTVM_HOME: home.path },
    })
    try {
      await terminal.shows(/removes 1 agents? for good, .*: young \(.*\)/)
      terminal.type('y')
      terminal.press('Enter')
      await until(() => readdirSync(home.file('trash')).length === 0, 'the empty trash')
    } finally {
      terminal.close()
    }
  })

  it('loses to clean what has been there for longer than AGENTVM_TRASH_DAYS', async () => {
    await put('old')
    await put('young')
    await age('old', 31)
    const look = await home.json<CleanOutcome>('clean', '--dry-run')
    assert.deepEqual(
      look.expired.map(({ name }) => name),
      ['old'],
    )
    assert.equal((await entries()).length, 2)
    writeFileSync(home.file('config'), 'AGENTVM_TRASH_DAYS=0\n')
    assert.deepEqual((await home.json<CleanOutcome>('clean')).expired, [])
    writeFileSync(home.file('config'), 'AGENTVM_TRASH_DAYS=30\n')
    assert.match(await home.ok('clean'), /^old: removed from the trash for good/)
    assert.deepEqual(
      (await entries()).map(({ name }) => name),
      ['young'],
    )
  })

  it('brings back all or nothing when a restore is killed on its way', async () => {
    await put('one')
    for (const moment of MOMENTS) {
      const child = home.start(['trash', 'restore', 'one'], { env: { NODE_V8_COVERAGE: '' } })
      await new Promise((resolve) => setTimeout(resolve, moment))
      child.kill('SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      if ((await names()).length === 0) {
        assert.equal((await entries()).length, 1, `after ${moment} ms`)
        continue
      }
      assert.equal(home.read('workspaces', 'one', 'work'), 'x\n', `after ${moment} ms`)
      assert.match(await home.ok('logs', 'one'), /said/)
      assert.deepEqual(await entries(), [], `after ${moment} ms`)
      await home.ok('clean', '--force', 'one')
    }
  })

  it('forgets what a removal that died had begun to remove', async () => {
    await put('one')
    const { renameSync } = await import('node:fs')
    const [entry] = readdirSync(home.file('trash'))
    renameSync(home.file('trash', entry ?? ''), home.file('trash', `.going-${entry}`))
    assert.deepEqual(await entries(), [])
    await home.ok('trash', 'empty', '--force')
    assert.deepEqual(readdirSync(home.file('trash')), [])
  })
})

describe('agentvm clean, for what was seeded', function () {
  this.timeout(480_000)
  let home: TestHome
  beforeEach(() => {
    home = new TestHome()
  })
  afterEach(() => home.remove())

  it('puts away a copy that the agent has not changed, and keeps one with work', async () => {
    const project = home.file('..', 'project')
    const { mkdirSync } = await import('node:fs')
    const { git } = await import('../support/git.ts')
    mkdirSync(project)
    writeFileSync(join(project, 'file'), 'x\n')
    utimesSync(join(project, 'file'), 1_000_000, 1_000_000)
    git(project, 'init', '-q')
    git(project, 'add', '.')
    git(project, 'commit', '-qm', 'first')
    writeFileSync(join(project, 'draft'), 'uncommitted, as it is in the original\n')
    for (const [name, script] of [
      ['same', 'true'],
      ['changed', 'echo y >file'],
      ['committed', 'git commit -q --allow-empty -m second'],
    ] as const) {
      await home.ok('spawn', name, '--from-dir', project, '--', 'sh', '-c', script)
      await home.ok('wait', name)
    }
    const { cleaned, kept } = await home.json<CleanOutcome>('clean')
    assert.deepEqual(
      cleaned.map(({ name }) => name),
      ['same'],
    )
    assert.deepEqual(Object.fromEntries(kept.map(({ name, reason }) => [name, reason])), {
      changed: '2 uncommitted files',
      committed: '1 commit on no remote',
    })
  })

  it('keeps an agent that somebody is attached to, unless forced', async () => {
    await home.ok('spawn', 'seen', '--', 'true')
    await home.ok('wait', 'seen')
    const { id } = await home.json<AgentInfo>('info', 'seen')
    const socket = home.file('run', id, 'tmux')
    const server = (...args: string[]) => execFileSync('tmux', ['-S', socket, '-f', '/dev/null', ...args])
    server('new-session', '-d', '-s', 'agentvm-seen', 'cat')
    const terminal = new ShellTerminal(['tmux', '-S', socket, 'attach'], { PATH: process.env.PATH ?? '' })
    try {
      await until(() => String(server('list-clients')) !== '', 'the client')
      assert.deepEqual((await home.json<CleanOutcome>('clean')).kept, [
        { name: 'seen', reason: 'somebody is attached to it' },
      ])
    } finally {
      server('kill-server')
      terminal.close()
    }
    await until(() => processesWith(socket).length === 0, 'the end of that server')
    assert.equal((await home.json<CleanOutcome>('clean')).cleaned.length, 1)
  })

  it('cleans only the agents that are named, and says why one stays', async () => {
    await home.ok('spawn', 'dead', '--', 'true')
    await home.ok('spawn', 'other', '--', 'true')
    await home.ok('spawn', 'live', '--', 'cat')
    await home.ok('wait', 'dead')
    await home.ok('wait', 'other')
    const { cleaned, kept } = await home.json<CleanOutcome>('clean', 'dead', 'live')
    assert.deepEqual(
      cleaned.map(({ name }) => name),
      ['dead'],
    )
    assert.match(kept[0]?.reason ?? '', /running: agentvm kill live/)
    assert.match((await home.run(['clean', 'othr'])).stderr, /did you mean 'other'/)
    assert.ok(existsSync(home.file('workspaces', 'other')))
  })
})

describe('agentvm purge, on a terminal', () => {
  it('says what would be lost of each agent, and goes on only by a typed yes', async function () {
    this.timeout(480_000)
    const home = new TestHome()
    const { PATH = '' } = process.env
    const purge = () =>
      new ShellTerminal([process.execPath, RUN_JS, 'purge'], {
        ...{ PATH, HOME: home.path, AGENTVM_HOME: home.path },
      })
    try {
      await home.ok('spawn', 'live', '--', 'sh', '-c', 'echo x >work; echo up; exec cat')
      await until(async () => /up/.test(await home.ok('logs', 'live')), 'its output')
      const first = purge()
      await first.shows(
        /live: running; 1 file changed since its spawn; .*B\s+This ends 1 running agent and moves 1 agent/,
      )
      first.type('y')
      first.press('Enter')
      await until(async () => !first.screen().includes('Type'), 'the end').catch(() => {})
      first.close()
      assert.equal((await home.json<AgentRow[]>('list')).length, 1)
      const second = purge()
      await second.shows(/Type 'yes'/)
      second.type('yes')
      second.press('Enter')
      await until(async () => (await home.json<AgentRow[]>('list')).length === 0, 'the purge')
      second.close()
    } finally {
      await home.remove()
    }
  })
})
