import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { TestHome } from '../support/agentvm.ts'
import { BashTool } from '../support/bash-tool.ts'

describe("the files of a home of the bash tool's", () => {
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

  it('goes on with its env, config and history.log', async () => {
    writeFileSync(home.file('env'), '# keys\nexport ONE_KEY="a b"\nTWO_KEY=\'c\'\nTHREE_KEY=d\n', {
      mode: 0o600,
    })
    writeFileSync(home.file('config'), 'AGENTVM_DEFAULT_PROFILE="none-such"\n', { mode: 0o600 })
    bash.dead('old')
    assert.equal(await ok('env', 'get', 'ONE_KEY'), 'a b\n')
    await ok('env', 'set', 'TWO_KEY=e')
    assert.equal(home.read('env'), '# keys\nexport ONE_KEY="a b"\nTWO_KEY=e\nTHREE_KEY=d\n')
    assert.equal(await ok('config', 'get', 'AGENTVM_DEFAULT_PROFILE'), 'none-such\n')
    assert.match((await run(['spawn', 'x'])).stderr, /there is no profile 'none-such'/)
    await ok('spawn', 'new', '--', 'true')
    const events = await json<{ event: string; name: string }[]>('history')
    assert.deepEqual(
      events.slice(0, 2).map(({ event, name }) => [event, name]),
      [
        ['spawn', 'old'],
        ['spawn', 'new'],
      ],
    )
  })

  it('cleans dead agents, and keeps those with work: what the bash tool has put there is none', async () => {
    bash.dead('empty')
    bash.dead('files')
    writeFileSync(home.file('workspaces/files/work'), 'work')
    for (const name of ['clean-git', 'dirty-git']) {
      bash.dead(name)
      execFileSync('git', ['clone', '-q', makeRepository(home), home.file('workspaces', name, 'x')])
      for (const entry of ['.git', 'file']) {
        renameSync(home.file('workspaces', name, 'x', entry), home.file('workspaces', name, entry))
      }
      rmSync(home.file('workspaces', name, 'x'), { recursive: true })
    }
    writeFileSync(home.file('workspaces/dirty-git/work'), 'work')
    const { kept } = await json<{ kept: { name: string; reason: string }[] }>('clean')
    assert.deepEqual(
      kept.map(({ name, reason }) => [name, reason]),
      [
        ['dirty-git', '1 uncommitted file'],
        ['files', 'its workspace holds files'],
      ],
    )
    assert.ok(!existsSync(home.file('workspaces/empty')))
    await ok('clean', '--force')
    assert.equal(await ok('list', '-q'), '')
  })

  it('shows what its agents have changed, in git and without', async () => {
    bash.dead('files')
    writeFileSync(home.file('workspaces/files/work'), 'work\n')
    assert.match(await ok('diff', 'files'), /work/)
    assert.doesNotMatch(await ok('diff', 'files', '--name-only'), /\.home/)
    bash.dead('git')
    execFileSync('git', ['-C', home.file('workspaces/git'), 'init', '-q'])
    writeFileSync(home.file('workspaces/git/new'), 'new\n')
    assert.match(await ok('diff', 'git'), /\+new/)
    assert.doesNotMatch(await ok('diff', 'git', '--name-only'), /\.home/)
  })
})

/** A repository to clone, with one file. */
function makeRepository(home: TestHome): string {
  const path = home.file('repository')
  if (existsSync(path)) return path
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', path, '-c', 'user.name=u', '-c', 'user.email=u@example.org', ...args])
  mkdirSync(path)
  git('init', '-q')
  writeFileSync(join(path, 'file'), 'file\n')
  git('add', '.')
  git('commit', '-qm', 'first')
  return path
}
