import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { outcome, TestHome, until } from '../support/agentvm.ts'

/** What one may type with the bash tool beside what its page says: each line, and what must come of it. */
const LINES: [line: string[], prints: RegExp][] = [
  [['ls'], /live\b.*running/],
  [['ls', '-q'], /^live\nold\n$/],
  [['list', '-t', 'env=x', '-s', 'running', '-q'], /^live\n$/],
  [['list', '-s', 'dead', '-q'], /^old\n$/],
  [['ps', '-a'], /old/],
  [['env', 'set', 'NAME', 'two words'], /^$/],
  [['env', 'get', 'NAME'], /^two words\n$/],
  [['env', 'ls'], /NAME/],
  [['env', 'rm', 'NAME'], /^$/],
  [['help'], /COMMANDS|TOPICS/],
  [['--help'], /COMMANDS|TOPICS/],
  [['-h'], /COMMANDS|TOPICS/],
  [['version'], /\d+\.\d+\.\d+/],
  [['--version'], /\d+\.\d+\.\d+/],
  [['-v'], /\d+\.\d+\.\d+/],
  [['exec', 'live', '-f', 'FILE'], /typed/],
  [['logs', 'old', '--follow'], /was here/],
  [['spawn', 'none', '--no-id', '--', 'true'], /none: running/],
  [['run', '--name', 'once', '--', 'echo', 'ran'], /^ran\n$/],
]

describe("the bash tool's aliases and flags", () => {
  const home = new TestHome()
  const file = home.file('text')

  before(async () => {
    mkdirSync(home.path, { recursive: true })
    writeFileSync(file, 'from a file\n')
    await home.ok('spawn', 'old', '--', 'echo', 'was here')
    await home.ok('spawn', 'live', '-t', 'env=x', '--', 'cat')
    await home.ok('wait', 'old')
  })
  after(() => home.remove())

  for (const [line, prints] of LINES) {
    it(`agentvm ${line.join(' ')}`, async () => {
      const { code, stdout, stderr } = await home.run(line.map((word) => (word === 'FILE' ? file : word)))
      assert.equal(code, 0, stderr)
      assert.match(stdout, prints)
    })
  }

  it('agentvm exec takes help flags in its text for text', async () => {
    await home.ok('exec', 'live', 'git', 'log', '--help', '-h')
    await until(async () => (await home.ok('logs', 'live')).includes('git log --help -h'), 'the text')
    await home.ok('exec', '--tag', 'env=x', 'cargo', '--help')
    await home.ok('broadcast', '-t', 'env=x', 'npm', '--help')
    await until(async () => /cargo --help[\s\S]*npm --help/.test(await home.ok('logs', 'live')), 'the texts')
    assert.match(await home.ok('exec', '--help'), /USAGE/)
    assert.match(await home.ok('broadcast', '--help'), /USAGE/)
    assert.match(await home.ok('exec', 'live', '--help'), /USAGE/)
  })

  it('agentvm logs --follow goes on until the agent ends', async () => {
    await home.ok('spawn', 'ends', '--', 'sh', '-c', 'read -r line; echo "last $line"')
    const followed = outcome(home.start(['logs', 'ends', '--follow']))
    await home.ok('exec', 'ends', 'words')
    assert.match((await followed).stdout, /last words\n$/)
  })

  it('agentvm killall -t env=x -f', async () => {
    await home.ok('killall', '-t', 'env=x', '-f')
    assert.equal(await home.ok('list', '-q', '-s', 'running', '-t', 'env=x'), '')
  })

  it('agentvm cp, and mv', async () => {
    await home.ok('cp', 'old', 'copy')
    await home.ok('mv', 'copy', 'moved')
    assert.match(await home.ok('list', '-q'), /^moved$/m)
  })

  it('agentvm spawn --from-git --branch', async () => {
    const repository = home.file('repository')
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=u', '-c', 'user.email=u@x', ...args])
    git('init', '-q', '-b', 'side', repository)
    git('-C', repository, 'commit', '-q', '--allow-empty', '-m', 'on the side')
    await home.ok('spawn', 'cloned', '--from-git', repository, '--branch', 'side', '--', 'true')
    assert.equal(home.read('workspaces', 'cloned', '.git', 'HEAD'), 'ref: refs/heads/side\n')
  })

  it('agentvm spawn --id', async () => {
    // Nobody listens there: a DID needs no node.
    const env = { GITLAWB_NODE: 'http://127.0.0.1:9' }
    const { code, stderr } = await home.run(['spawn', 'known', '--id', '--', 'true'], { env })
    assert.equal(code, 0, stderr)
    const { did } = await home.json<{ did: string | null }>('info', 'known')
    assert.match(did ?? '', /^did:key:z6Mk/)
  })

  it('agentvm swarm --count, and -n', async () => {
    await home.ok('swarm', 'many', '--count', '2', '--', 'true')
    await home.ok('swarm', 'few', '-n', '1', '--', 'true')
    const names = (await home.ok('list', '-q')).split('\n')
    assert.deepEqual(
      names.filter((name) => /^(?:many|few)-/.test(name)),
      ['few-1', 'many-1', 'many-2'],
    )
  })

  it('agentvm watch --interval', async () => {
    const watching = home.start(['watch', '--interval', '0.2'])
    const printed = outcome(watching)
    let seen = ''
    watching.stdout?.on('data', (chunk) => {
      seen += chunk
    })
    await until(() => seen.includes('live'), 'the first look')
    watching.kill('SIGINT')
    assert.match((await printed).stdout, /live/)
  })

  it('agentvm purge -f', async () => {
    await home.ok('purge', '-f')
    assert.equal(await home.ok('list', '-q'), '')
  })
})
