import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { TestHome } from '../support/agentvm.ts'

const IDENTITY = ['-c', 'user.name=a', '-c', 'user.email=a@example.org']

describe('configuration that host programs run, in the workspace of an agent', function () {
  this.timeout(240_000)
  let home: TestHome
  beforeEach(() => {
    home = new TestHome()
  })
  afterEach(() => home.remove())

  const workspace = (...parts: string[]) => home.file('workspaces', 'a', ...parts)
  /** A workspace as a seed leaves it. */
  const seed = () => {
    mkdirSync(workspace(), { recursive: true, mode: 0o700 })
    execFileSync('git', ['init', '-q', '-b', 'main', workspace()])
    writeFileSync(workspace('.envrc'), 'export A=1\n')
    mkdirSync(workspace('.vscode'))
    execFileSync('git', ['-C', workspace(), ...IDENTITY, 'commit', '-q', '--allow-empty', '-m', 'first'])
  }
  const start = async (script: string, ...flags: string[]) => {
    await home.ok('spawn', 'a', '--net', 'none', ...flags, '--', 'sh', '-c', `{ ${script}\n} 2>&1 </dev/null`)
    await home.run(['wait', 'a'])
    return home.ok('logs', 'a', '-n', '500')
  }

  const ATTACK = `for path in .git/hooks/pre-commit .git/config .git/commondir .git/config.worktree .envrc .vscode/tasks.json
do echo evil >$path; done
mv .git x; rm -rf .git/hooks .git/config .envrc .vscode; ln -sfn /tmp .vscode; mkdir h; mv -T h .git/hooks; git config core.fsmonitor evil; echo done`

  it('can’t be changed, replaced, moved away or planted beside by the agent that was given it', async () => {
    seed()
    const before = readFileSync(workspace('.git/config'), 'utf8')
    assert.match(await start(ATTACK), /done/)
    assert.equal(readFileSync(workspace('.git/config'), 'utf8'), before)
    assert.equal(readFileSync(workspace('.envrc'), 'utf8'), 'export A=1\n')
    for (const path of [
      '.git/hooks/pre-commit',
      '.git/commondir',
      '.git/config.worktree',
      '.vscode/tasks.json',
    ]) {
      assert.ok(!existsSync(workspace(path)), path)
    }
    assert.ok(existsSync(workspace('.vscode')))
  })

  it('leaves git usable: commit, branches, stash, worktrees, gc', async () => {
    seed()
    const said = await start(`set -e
git ${IDENTITY.join(' ')} commit -q --allow-empty -m second; git switch -q -c topic; echo x >x; git add x
git ${IDENTITY.join(' ')} stash -q; git stash pop -q; git ${IDENTITY.join(' ')} commit -q -m third
git worktree add -q wt main; git -C wt ${IDENTITY.join(' ')} commit -q --allow-empty -m fourth; git worktree list | wc -l
git gc -q; git log --format=%s --all; git fsck; git remote add o https://example.org || echo no remote`)
    assert.match(said, /^2\n(fourth|third)\n(fourth|third)\nsecond\nfirst\n/m, said)
    assert.match(said, /no remote/)
  })

  it('opens .git/config where the user says so', async () => {
    seed()
    const said = await start(
      'git remote add o https://example.org && git remote; echo x >.git/hooks/x',
      '--git-config',
      'rw',
    )
    assert.match(said, /^o\n/m)
    assert.match(said, /hooks\/x: Read-only/)
  })

  it('leaves to the agent what it has made itself, also after a restart, and names it in info and journal', async () => {
    const script =
      'git init -q 2>&1; git remote add o$$ https://example.org && echo remote; echo x >.envrc && echo planted'
    assert.match(await start(script), /remote\nplanted/)
    assert.match(await start(script), /remote\nplanted/)
    const { planted } = await home.json<{ planted: string[] }>('info', 'a')
    assert.deepEqual(planted, ['.git', '.envrc'])
    assert.match(await home.ok('info', 'a'), /planted +\.git \.envrc/)
    assert.match(home.read('events.jsonl'), /"event":"planted".*"paths":"\.git \.envrc"/)
  })

  it('can be forbidden altogether, without a trace in the workspace afterwards', async () => {
    const said = await start(
      'git init -q; echo x >.envrc; mkdir .husky/_; echo {} >.claude/settings.json; echo done',
      '--protect',
      'strict',
    )
    assert.match(said, /Read-only file system/)
    assert.match(said, /done/)
    assert.deepEqual(home.leftovers('workspaces/a'), [])
    assert.deepEqual((await home.json<{ planted: string[] }>('info', 'a')).planted, [])
  })

  it('is the agent’s where the user turns the protection off', async () => {
    seed()
    assert.match(await start('echo x >.git/hooks/pre-commit && echo written', '--protect', 'off'), /written/)
  })

  it('is protected below what --rw opens as well', async () => {
    const project = home.file('..', 'project')
    mkdirSync(project, { recursive: true })
    execFileSync('git', ['init', '-q', project])
    const said = await start(
      `cd "$(ls -d /tmp/*/project)" && echo x >x && echo y >.git/hooks/y; git config a.b c`,
      '--rw',
      project,
    )
    assert.ok(existsSync(`${project}/x`), said)
    assert.ok(!existsSync(`${project}/.git/hooks/y`))
    assert.doesNotMatch(readFileSync(`${project}/.git/config`, 'utf8'), /\[a\]/)
  })
})
