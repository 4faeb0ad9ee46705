import assert from 'node:assert/strict'
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AgentInfo, AgentRow } from '../../src/agents/report/view.ts'
import { processStart } from '../../src/system/processes.ts'
import { outcome, processesWith, TestHome, until } from '../support/agentvm.ts'
import { BashTool } from '../support/bash-tool.ts'

const AWKWARD = [
  'sh',
  '-c',
  'printf "%s|" "$@" >args; cat',
  'sh',
  'a b',
  "it's",
  '',
  'two\nlines',
  '$(id)',
  'ü',
  '\t',
  '~x',
]

describe("a home of the bash tool's", () => {
  let home: TestHome
  let bash: BashTool
  beforeEach(() => {
    home = new TestHome()
    bash = new BashTool(home)
  })
  afterEach(async () => {
    bash.remove()
    await home.remove()
  })
  const run = (...given: Parameters<BashTool['run']>) => bash.run(...given)
  const ok = (...args: string[]) => bash.ok(...args)
  const json = <T>(...args: string[]) => bash.json<T>(...args)

  describe('with an agent that runs on the user’s tmux server', () => {
    beforeEach(async () => {
      bash.spawn('old', ['sh', '-c', 'echo started; exec cat'], { tags: 'env=x,b=it', profile: '' })
      bash.tmux('new-session', '-d', '-s', 'mine', 'cat')
      const screen = () => bash.tmux('capture-pane', '-p', '-t', 'agentvm-old')
      await until(() => screen().includes('started'), 'its first line')
    })

    it('lists it as running, with its tags', async () => {
      const [row] = await json<AgentRow[]>('list')
      assert.deepEqual(
        [row?.name, row?.status, row?.sandbox, row?.tags, row?.created_at, row?.session],
        ['old', 'running', 'none', { env: 'x', b: 'it' }, '2026-01-02T03:04:05Z', 'agentvm-old'],
      )
      assert.equal(await ok('list', '-q', '--tag', 'env=x', '-s', 'running'), 'old\n')
      const info = await json<AgentInfo>('info', 'old')
      assert.deepEqual(info.extra_cmd, ['sh', '-c', 'echo started; exec cat'])
      assert.equal(info.home, home.file('workspaces/old/.home'))
    })

    it('shows and follows its log, and its screen', async () => {
      assert.match(await ok('logs', 'old', '--screen'), /started/)
      const following = home.start(['logs', 'old', '-f'], { env: bash.env })
      const followed = outcome(following)
      await ok('exec', 'old', 'more')
      await until(async () => (await ok('logs', 'old')).includes('more\nmore'), 'the echo')
      bash.tmux('kill-session', '-t', 'agentvm-old')
      const { code, stdout } = await followed
      assert.equal(code, 0)
      assert.match(stdout, /more\nmore/)
    })

    it('types into it', async () => {
      await ok('exec', 'old', 'hello there')
      await until(async () => (await ok('logs', 'old')).includes('hello there\nhello there'), 'the echo')
      writeFileSync(home.file('task.md'), 'from a file\n')
      await ok('send', 'old', home.file('task.md'))
      await until(async () => (await ok('logs', 'old')).includes('from a file\nfrom a file'), 'the echo')
    })

    it('kills it, and nothing else on that server', async () => {
      const pid = Number(bash.tmux('list-panes', '-t', 'agentvm-old', '-F', '#{pane_pid}'))
      await ok('kill', 'old')
      assert.deepEqual(bash.sessions(), ['mine'])
      // Not even one that tmux has yet to hear of.
      assert.equal(processStart(pid), undefined)
      const [row] = await json<AgentRow[]>('list')
      assert.deepEqual([row?.status, row?.end_reason], ['dead', 'killed'])
      assert.match(home.read('history.log'), /\tkill\told\t/)
      assert.equal((await run(['kill', 'old'])).code, 1)
    })

    it('counts it in ps, stats and broadcast', async () => {
      const [usage] = await json<{ name: string; status: string; rss_kb: number | null }[]>('ps')
      assert.deepEqual([usage?.name, usage?.status], ['old', 'running'])
      assert.ok((usage?.rss_kb ?? 0) > 0)
      assert.match(await ok('stats'), /1 running|running +1/)
      await ok('broadcast', '--tag', 'env=x', 'to all')
      await until(async () => (await ok('logs', 'old')).includes('to all\nto all'), 'the echo')
    })

    it('waits for its end', async () => {
      const waiting = outcome(home.start(['wait', 'old'], { env: bash.env }))
      const timedOut = await run(['wait', 'old', '--timeout', '0.3'])
      assert.equal(timedOut.code, 124)
      bash.tmux('send-keys', '-t', 'agentvm-old', 'C-d')
      const { code, stdout } = await waiting
      assert.deepEqual([code, stdout], [0, 'old: ended, exit code unknown\n'])
    })

    it('refuses to start it a second time, to clean it, and to reach past its session', async () => {
      assert.match((await run(['spawn', 'old', '--', 'true'])).stderr, /agent 'old' is already running/)
      assert.match(
        (await run(['tmux', 'old', 'kill-server'])).stderr,
        /no tmux server of its own[\s\S]*tmux attach -t =agentvm-old/,
      )
      await ok('clean', '--force')
      assert.deepEqual(bash.sessions(), ['agentvm-old', 'mine'])
    })

    it('purges it, and leaves the user’s other sessions', async () => {
      await ok('purge', '--force')
      assert.deepEqual(bash.sessions(), ['mine'])
      assert.equal(await ok('list', '-q'), '')
    })

    it('looks at that server once, however many agents there are', async () => {
      for (let number = 0; number < 20; number += 1) bash.dead(`dead-${number}`)
      const bin = home.file('bin')
      mkdirSync(bin)
      const real = (process.env.PATH ?? '')
        .split(':')
        .map((folder) => join(folder, 'tmux'))
        .find(existsSync)
      writeFileSync(join(bin, 'tmux'), `#!/bin/sh\necho "$*" >>'${home.file('calls')}'\nexec ${real} "$@"\n`)
      chmodSync(join(bin, 'tmux'), 0o755)
      const { stdout } = await run(['list', '-q', '-s', 'dead'], { PATH: `${bin}:${process.env.PATH}` })
      assert.equal(stdout.trim().split('\n').length, 20)
      assert.equal(home.read('calls').trim().split('\n').length, 1)
    })
  })

  it('takes an agent for dead whose pid is another process’s by now, and starts no tmux server to see that', async () => {
    bash.dead('gone')
    const [row] = await json<AgentRow[]>('list')
    assert.deepEqual([row?.status, row?.pid, row?.end_reason], ['dead', null, null])
    assert.deepEqual(bash.sessions(), [])
    assert.equal(await ok('logs', 'gone'), 'log of gone\n')
  })

  it('takes a clone for dead, also while a session of its name runs', async () => {
    bash.spawn('twin', ['cat'])
    bash.clone('twin')
    assert.equal((await json<AgentRow[]>('list'))[0]?.status, 'dead')
  })

  it('finds an agent on the tmux server that agentvm itself runs in, and does not end that server', async () => {
    const socket = home.file('own.sock')
    bash.dead('here', { command: ['cat'] })
    bash.tmux('-S', socket, 'new-session', '-d', '-s', 'agentvm-here', 'cat')
    bash.tmux('-S', socket, 'new-session', '-d', '-s', 'mine', 'cat')
    assert.equal(await ok('list', '-q', '-s', 'running'), '')
    const within = { TMUX: `${socket},1,0` }
    assert.equal((await run(['list', '-q', '-s', 'running'], within)).stdout, 'here\n')
    assert.equal((await run(['kill', 'here'], within)).code, 0)
    assert.equal(bash.tmux('-S', socket, 'list-sessions', '-F', '#{session_name}'), 'mine\n')
    bash.tmux('-S', socket, 'kill-server')
  })

  it('reads what its rename writes without quotes', async () => {
    bash.dead('before', { tags: 'a=b' })
    bash.rename('before', 'after')
    assert.match(home.read('state/after.env'), /^AGENT_NAME=after$/m)
    const [row] = await json<AgentRow[]>('list')
    assert.deepEqual(
      [row?.name, row?.workspace, row?.session, row?.log_file, row?.tags],
      ['after', home.file('workspaces/after'), 'agentvm-after', home.file('state/after.log'), { a: 'b' }],
    )
  })

  it('reads commands as printf %q wrote them', async () => {
    bash.dead('odd', { command: AWKWARD })
    assert.match(home.read('state/odd.env'), /\$'\\''two\\nlines/)
    assert.deepEqual((await json<AgentInfo>('info', 'odd')).extra_cmd, AWKWARD)
  })

  it('starts a dead agent again over its workspace, with its home moved out of it', async () => {
    bash.dead('again')
    writeFileSync(home.file('workspaces/again/work'), 'kept')
    await ok('spawn', 'again', '--', 'sh', '-c', 'cat work ~/.gitconfig; ls -A')
    await ok('wait', 'again')
    const info = await json<AgentInfo>('info', 'again')
    assert.equal(info.home, home.file('homes', info.id))
    assert.match(await ok('logs', 'again'), /kept\[user\]\n\s+name = again/)
    assert.match(readFileSync(join(info.home, '.gitconfig'), 'utf8'), /again@agentvm\.local/)
    assert.ok(!existsSync(home.file('workspaces/again/.home')))
  })

  it('restarts a running agent as one of ours: same command, tags, workspace, and its home moved out', async () => {
    bash.spawn('old', ['sh', '-c', 'echo again >>runs; exec cat'], { tags: 'env=x' })
    await home.written('workspaces/old/runs')
    writeFileSync(home.file('workspaces/old/work'), 'kept')
    await ok('restart', 'old')
    assert.deepEqual(bash.sessions(), [])
    const info = await json<AgentInfo>('info', 'old')
    assert.deepEqual(
      [info.status, info.tags, info.extra_cmd, info.home, info.sandbox],
      [
        'running',
        { env: 'x' },
        ['sh', '-c', 'echo again >>runs; exec cat'],
        home.file('homes', info.id),
        'none',
      ],
    )
    assert.match(info.id, /^[a-z0-9]{8}$/)
    assert.ok(!existsSync(home.file('workspaces/old/.home')))
    assert.match(readFileSync(join(info.home, '.gitconfig'), 'utf8'), /old@agentvm\.local/)
    await until(() => home.read('workspaces/old/runs') === 'again\nagain\n', 'the second run')
    await ok('exec', 'old', 'hello')
    await until(async () => (await ok('logs', 'old')).includes('hello\nhello'), 'the echo')
  })

  it('restarts a clone that was never started, with its prompt typed', async () => {
    writeFileSync(home.file('prompt.md'), 'the task\n')
    bash.clone('twin', { command: ['cat'], promptFile: home.file('prompt.md') })
    await ok('restart', 'twin')
    await until(async () => (await ok('logs', 'twin')).includes('the task\nthe task'), 'the prompt')
    rmSync(home.file('prompt.md'))
    await ok('restart', 'twin')
    await until(async () => (await ok('logs', 'twin')).split('the task').length >= 5, 'the prompt again')
  })

  it('renames a running agent on the user’s server, and a dead one', async () => {
    bash.spawn('old', ['cat'], { sandbox: 'bwrap' })
    bash.dead('gone')
    await ok('rename', 'old', 'newer')
    assert.deepEqual(bash.sessions(), ['agentvm-newer'])
    assert.ok(existsSync(home.file('workspaces/newer/.home/.gitconfig')))
    await ok('exec', 'newer', 'hello')
    await until(async () => (await ok('logs', 'newer')).includes('hello\nhello'), 'the echo')
    await ok('rename', 'gone', 'went')
    const rows = await json<AgentRow[]>('list')
    assert.deepEqual(
      rows.map(({ name, status }) => [name, status]),
      [
        ['newer', 'running'],
        ['went', 'dead'],
      ],
    )
    assert.equal(await ok('logs', 'went'), 'log of gone\n')
  })

  it('clones a running agent: the clone is one of ours, with its home outside of the workspace', async () => {
    bash.spawn('old', ['sh', '-c', 'echo ran >>runs; exec cat'], { tags: 'a=b' })
    assert.equal(await home.written('workspaces/old/runs'), 'ran\n')
    await ok('clone', 'old', 'twin')
    const info = await json<AgentInfo>('info', 'twin')
    assert.deepEqual(
      [info.status, info.tags, info.home, existsSync(home.file('workspaces/twin/.home'))],
      ['dead', { a: 'b' }, home.file('homes', info.id), false],
    )
    assert.match(readFileSync(join(info.home, '.gitconfig'), 'utf8'), /name = twin/)
    await ok('restart', 'twin')
    await until(() => home.read('workspaces/twin/runs') === 'ran\nran\n', 'the second run')
    assert.equal((await json<AgentInfo>('info', 'old')).status, 'running')
  })

  it('leaves a dead agent as it was when it can’t be started again', async () => {
    bash.dead('again')
    const before = home.read('state/again.env')
    mkdirSync(home.file('bin'))
    writeFileSync(home.file('bin/tmux'), '#!/bin/sh\nexit 1\n', { mode: 0o755 })
    const failed = await run(['spawn', 'again', '--', 'true'], {
      PATH: `${home.file('bin')}:${process.env.PATH}`,
    })
    assert.equal(failed.code, 1)
    assert.equal(home.read('state/again.env'), before)
    assert.match(home.read('workspaces/again/.home/.gitconfig'), /again/)
    assert.deepEqual(home.leftovers('homes'), [])
  })

  it('leaves a dead agent as it was when agentvm is killed while it starts it again', async () => {
    bash.dead('again')
    const before = home.read('state/again.env')
    mkdirSync(home.file('bin'))
    writeFileSync(home.file('bin/tmux'), '#!/bin/sh\nexec sleep 60607\n', { mode: 0o755 })
    const starting = home.start(['spawn', 'again', '--', 'true'], {
      env: { ...bash.env, PATH: `${home.file('bin')}:${process.env.PATH}` },
    })
    const ended = outcome(starting)
    await until(() => processesWith('sleep\x0060607').length > 0, 'the start of tmux')
    assert.ok(!existsSync(home.file('workspaces/again/.home')))
    starting.kill('SIGKILL')
    await ended
    assert.equal((await json<AgentRow[]>('list'))[0]?.status, 'dead')
    assert.equal(home.read('state/again.env'), before)
    assert.match(home.read('workspaces/again/.home/.gitconfig'), /again/)
    assert.deepEqual(home.leftovers('homes'), [])
    assert.deepEqual(processesWith('sleep\x0060607'), [])
  })

  it('does not make a link that the agent has put in place of its home its home', async () => {
    bash.dead('sly')
    rmSync(home.file('workspaces/sly/.home'), { recursive: true })
    symlinkSync('/etc', home.file('workspaces/sly/.home'))
    const { stderr } = await run(['spawn', 'sly', '--', 'sh', '-c', 'ls -A ~'])
    assert.match(stderr, /agent 'sly' gets a new home: .*\.home is not a folder/)
    await ok('wait', 'sly')
    assert.doesNotMatch(await ok('logs', 'sly'), /passwd/)
  })
})
