import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CleanOutcome } from '../../src/agents/end/clean.ts'
import type { AgentRow } from '../../src/agents/report/view.ts'
import { TestHome } from '../support/agentvm.ts'

describe('agentvm clean', () => {
  let home: TestHome
  beforeEach(() => {
    home = new TestHome()
  })
  afterEach(() => home.remove())

  const dead = async (name: string, script: string) => {
    await home.ok('spawn', name, '--', 'sh', '-c', script)
    await home.ok('wait', name)
  }
  const git = 'git init -q . && git config user.email a@b && git config user.name n &&'

  it('moves dead agents to the trash with all that is theirs, and leaves running ones', async () => {
    await dead('empty', 'echo said; echo x >~/note')
    await home.ok('spawn', 'live', '--', 'cat')
    const { cleaned } = await home.json<CleanOutcome>('clean')
    assert.deepEqual(
      cleaned.map(({ name }) => name),
      ['empty'],
    )
    const trash = cleaned[0]?.trash ?? ''
    assert.deepEqual(readdirSync(trash).sort(), ['agent.json', 'home', 'log', 'state.env', 'workspace'])
    assert.ok(existsSync(join(trash, 'home', 'note')))
    assert.deepEqual(
      (await home.json<AgentRow[]>('list')).map(({ name }) => name),
      ['live'],
    )
    assert.match(home.read('history.log'), /\tclean\tempty\t/)
  })

  it('keeps and names an agent with work that lies nowhere else', async () => {
    await dead('files', 'echo x >work')
    await dead('uncommitted', `${git} echo x >work`)
    await dead('unpushed', `${git} echo x >work && git add . && git commit -qm x`)
    await dead(
      'stashed',
      `${git} git commit -q --allow-empty -m x && echo x >w && git add w && git stash -q && git update-ref refs/remotes/o/m HEAD`,
    )
    await dead(
      'pushed',
      `${git} git commit -q --allow-empty -m x && git update-ref refs/remotes/origin/main HEAD`,
    )
    await dead('broken', `${git} rm .git/HEAD`)
    const { cleaned, kept } = await home.json<CleanOutcome>('clean')
    assert.deepEqual(
      cleaned.map(({ name }) => name),
      ['pushed'],
    )
    assert.deepEqual(Object.fromEntries(kept.map(({ name, reason }) => [name, reason])), {
      broken: "its git repository can't be read",
      files: '1 file changed since its spawn',
      stashed: '1 stash',
      uncommitted: '1 uncommitted file',
      unpushed: '1 commit on no remote',
    })
    assert.equal((await home.json<CleanOutcome>('clean', '--force')).cleaned.length, 5)
  })

  it('moves an agent without git whose workspace is as it was at its spawn, and keeps one that has changed it', async () => {
    for (const name of ['same', 'other']) {
      mkdirSync(home.file('workspaces', name), { recursive: true })
      writeFileSync(home.file('workspaces', name, 'seed'), 'x')
    }
    await dead('same', 'cat seed')
    await dead('other', 'echo y >>seed')
    const { cleaned, kept } = await home.json<CleanOutcome>('clean')
    assert.deepEqual([cleaned.map(({ name }) => name), kept.map(({ name }) => name)], [['same'], ['other']])
  })

  it('goes on past an agent whose state file is damaged, and names it', async () => {
    await home.ok('spawn', 'a1', '--net', 'none', '--', 'true')
    await home.ok('wait', 'a1')
    writeFileSync(home.file('state', 'a0.env'), 'no state\n')
    const { cleaned, kept } = await home.json<{
      cleaned: { name: string }[]
      kept: { name: string; reason: string }[]
    }>('clean')
    assert.deepEqual(
      cleaned.map(({ name }) => name),
      ['a1'],
    )
    assert.deepEqual([kept[0]?.name, /damaged in line 1/.test(kept[0]?.reason ?? '')], ['a0', true])
    const purged = await home.run(['purge', '--force'])
    assert.deepEqual([purged.code, /a0 stays: /.test(purged.stderr)], [0, true])
  })

  it('never runs on the host what an agent has configured', async () => {
    const trap = home.file('executed')
    await dead(
      'evil',
      `${git} echo x >f && git add f && git commit -qm x && git config core.fsmonitor 'touch ${trap}; false' && printf '#!/bin/sh\\ntouch ${trap}\\n' >.git/hooks/post-checkout && chmod +x .git/hooks/post-checkout && git config filter.x.clean 'touch ${trap}; cat' && echo '* filter=x' >.gitattributes && echo y >f`,
    )
    await home.json<CleanOutcome>('clean')
    await home.json<CleanOutcome>('clean', '--force')
    assert.equal(existsSync(trap), false)
  })

  it('only says what it would do with --dry-run', async () => {
    await dead('empty', 'true')
    assert.match(await home.ok('clean', '--dry-run'), /^empty: would go to the trash \(\d+ B\)\n$/)
    assert.equal((await home.json<AgentRow[]>('list')).length, 1)
  })

  it('never moves a workspace that agentvm did not make', async () => {
    await dead('mine', 'echo x >work')
    const own = home.file('own')
    mkdirSync(own)
    const state = home
      .read('state', 'mine.env')
      .replace("AGENT_WORKSPACE_OWNED='true'", "AGENT_WORKSPACE_OWNED='false'")
    writeFileSync(home.file('state', 'mine.env'), state)
    const { cleaned } = await home.json<CleanOutcome>('clean')
    assert.deepEqual(
      cleaned.map(({ name }) => name),
      ['mine'],
    )
    assert.equal(home.read('workspaces', 'mine', 'work'), 'x\n')
  })
})

describe('agentvm purge', () => {
  it('ends and puts away every agent, but never unasked', async () => {
    const home = new TestHome()
    try {
      await home.ok('spawn', 'a1', '--', 'cat')
      await home.ok('spawn', 'a2', '--', 'true')
      const refused = await home.run(['purge'])
      assert.equal(refused.code, 2)
      assert.match(refused.stderr, /--force/)
      assert.equal((await home.json<AgentRow[]>('list')).length, 2)
      await home.ok('purge', '--force')
      const left = home.leftovers('state', 'run', 'homes', 'workspaces', 'baselines')
      // What agentvm knows of the machine's sandbox is no agent's.
      assert.deepEqual(
        left.filter((path) => path !== 'run/self-tests.json'),
        [],
      )
      assert.equal(readdirSync(home.file('trash')).length, 2)
    } finally {
      await home.remove()
    }
  })
})
