import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { outcome, until } from '../support/agentvm.ts'
import { DiffHome, GIT, statuses } from '../support/diff.ts'

describe('the baseline of diff', () => {
  let home: DiffHome
  beforeEach(() => {
    home = new DiffHome()
  })
  afterEach(() => home.remove())

  it('tells by git, else by file times, what an agent without a baseline has changed', async () => {
    await home.agent(
      'old',
      `${GIT} git add . && GIT_COMMITTER_DATE=2020-01-01T00:00:00Z git commit -qm seed && echo b >g && git add g && git commit -qm x && echo c >>f && rm h`,
      { f: 'a\n', h: 'h\n' },
    )
    await home.agent('times', 'echo n >new; echo b >>f', { f: 'a\n' })
    for (const name of ['old', 'times']) {
      const state = home.file('state', `${name}.env`)
      const text = readFileSync(state, 'utf8').replace(/^AGENT_BASELINE=.*\n/m, '')
      writeFileSync(state, text.replace(/^AGENT_CREATED_AT=.*$/m, `AGENT_CREATED_AT='2021-01-01T00:00:00Z'`))
    }
    const old = await home.diff('old')
    assert.equal(old.base, 'git')
    assert.deepEqual(statuses(old), { f: 'modified', g: 'added', h: 'deleted' })
    assert.deepEqual(
      old.commits?.map(({ subject }) => subject),
      ['x'],
    )
    assert.match(await home.ok('diff', 'old'), / a\n\+c\n/)
    const times = await home.diff('times')
    assert.equal(times.base, 'file-times')
    assert.equal(statuses(times).new, 'added')
  })

  it('goes to the trash with its agent, and leaves nothing when a spawn fails', async () => {
    await home.agent('c', 'echo y >>f', { f: 'x\n' })
    assert.equal(home.leftovers('baselines').length, 1)
    await home.ok('clean', '--force')
    assert.deepEqual(home.leftovers('baselines'), [])
    assert.ok(existsSync(home.file(home.leftovers('trash')[0] ?? '', 'baseline', 'manifest')))
    mkdirSync(home.file('workspaces', 'bad'))
    writeFileSync(home.file('workspaces', 'bad', 'f'), 'x')
    assert.notEqual(
      (await home.run(['spawn', 'bad', '--', './missing'], { env: { TMPDIR: '/nowhere', PATH: '/nowhere' } }))
        .code,
      0,
    )
    assert.deepEqual(home.leftovers('baselines'), [])
  })

  it('leaves nothing of its baseline when the spawn is interrupted or killed while it is being taken', async () => {
    mkdirSync(home.file('workspaces', 'slow'), { recursive: true })
    writeFileSync(home.file('workspaces', 'slow', 'work'), 'x')
    for (let index = 0; index < 12; index += 1) {
      const path = home.file('workspaces', 'slow', `sparse${index}`)
      writeFileSync(path, '')
      truncateSync(path, 250 * 1024 * 1024)
    }
    for (const [signal, code] of [
      ['SIGINT', 130],
      ['SIGKILL', 137],
    ] as const) {
      const child = home.start(['spawn', 'slow', '--', 'true'])
      const ended = outcome(child)
      await until(() => home.leftovers('baselines').length > 0, 'the baseline')
      child.kill(signal)
      assert.equal((await ended).code, code)
      assert.deepEqual(await home.json('list'), [])
      assert.deepEqual(home.leftovers('baselines', 'homes', 'state'), [])
      assert.ok(existsSync(home.file('workspaces', 'slow', 'work')))
    }
  })

  it('follows its agent over a restart, a rename, a clone, and the trash and back', async () => {
    const changes = async (name: string) => {
      const { base, files } = await home.diff(name)
      return [
        base,
        ...files.map(({ path, status, added, deleted }) => `${status} ${path} +${added} -${deleted}`),
      ]
    }
    const expected = ['spawn', 'deleted gone +0 -1', 'modified kept +1 -0', 'added new +1 -0']
    home.seed('a', { gone: 'gone\n', kept: 'kept\n', same: 'same\n' })
    await home.ok(
      'spawn',
      'a',
      '--',
      'sh',
      '-c',
      'rm -f gone; echo x >new; [ $(wc -l <kept) = 2 ] || echo x >>kept',
    )
    await home.ok('wait', 'a')
    assert.deepEqual(await changes('a'), expected)
    await home.ok('restart', 'a')
    await home.ok('wait', 'a')
    assert.deepEqual(await changes('a'), expected)
    await home.ok('rename', 'a', 'b')
    assert.deepEqual(await changes('b'), expected)
    await home.ok('clone', 'b', 'c')
    assert.deepEqual(await changes('c'), expected)
    await home.ok('clean', '--force')
    assert.deepEqual(home.leftovers('baselines'), [])
    await home.ok('trash', 'restore', 'c')
    assert.deepEqual(await changes('c'), expected)
  })
})
