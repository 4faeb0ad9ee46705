import assert from 'node:assert/strict'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import gitlawb from '../../plugins/gitlawb/src/index.ts'
import { print, ROOT } from '../support/cli-installed.ts'
import { GitlawbNode } from '../support/gitlawb-node.ts'

const GL = join(ROOT, 'node_modules/@gitlawb/gl-linux-x64/gl')

describe('an identity of gitlawb', () => {
  let home: string
  let node: GitlawbNode
  const before = process.env.GITLAWB_NODE
  const agent = () => ({ id: 'abcd1234', name: 'a1', home })
  const file = (name: string) => join(home, '.gitlawb', name)

  beforeEach(async () => {
    home = mkdtempSync(join(tmpdir(), 'agentvm-gitlawb-'))
    node = await GitlawbNode.start()
    process.env.GITLAWB_NODE = node.url
  })
  afterEach(() => {
    node.stop()
    rmSync(home, { recursive: true, force: true })
    if (before === undefined) delete process.env.GITLAWB_NODE
    else process.env.GITLAWB_NODE = before
  })

  it('is made once, registered once, and private', async () => {
    const made = await gitlawb.provision(agent())
    assert.match(made.did, /^did:key:z6Mk\w{44}$/)
    assert.equal(made.registered, true)
    assert.deepEqual(await gitlawb.provision(agent()), made)
    assert.equal(node.requests.length, 1)
    assert.equal(statSync(file('')).mode & 0o777, 0o700)
    for (const name of readdirSync(file(''))) assert.equal(statSync(file(name)).mode & 0o777, 0o600, name)
  })

  it('stores the token of its node as gl does', async () => {
    const { did } = await gitlawb.provision(agent())
    const text = readFileSync(file('ucan.json'), 'utf8')
    const { saved_at, ...rest } = JSON.parse(text)
    assert.deepEqual(rest, { did, node: node.url, ucan: `token-of-${did}` })
    assert.match(saved_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?\+00:00$/)
    assert.equal(text, JSON.stringify({ did, node: node.url, saved_at, ucan: rest.ucan }, null, 2))
  })

  it('is there also where its node is not, which it says, and can be registered later', async () => {
    const { url } = node
    node.stop()
    const made = await gitlawb.provision(agent())
    assert.equal(made.registered, false)
    assert.match(made.reason ?? '', /can't be reached/)
    node = await GitlawbNode.start()
    assert.notEqual(node.url, url)
    process.env.GITLAWB_NODE = node.url
    assert.deepEqual(await gitlawb.register(agent()), { did: made.did, registered: true })
  })

  it('keeps a spawn waiting for a few seconds at most', async () => {
    node.stop()
    node = await GitlawbNode.start({ answers: () => {} })
    process.env.GITLAWB_NODE = node.url
    const started = Date.now()
    assert.match((await gitlawb.provision(agent())).reason ?? '', /did not answer in time/)
    assert.ok(Date.now() - started < 10_000)
  })

  it('is the same after a rename, and another one for a clone', async () => {
    const { did } = await gitlawb.provision(agent())
    assert.equal((await gitlawb.adopt(agent(), 'rename')).did, did)
    assert.notEqual((await gitlawb.adopt(agent(), 'clone')).did, did)
    assert.equal(existsSync(file('ucan.json')), false)
  })

  it('is not written through a link that an agent has planted', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'agentvm-outside-'))
    try {
      symlinkSync(outside, join(home, '.gitlawb'))
      await assert.rejects(gitlawb.provision(agent()), /is not a folder/)
      rmSync(join(home, '.gitlawb'))
      mkdirSync(join(home, '.gitlawb'))
      symlinkSync(join(outside, 'key'), file('id_ed25519'))
      await gitlawb.provision(agent())
      assert.deepEqual(readdirSync(outside), [])
    } finally {
      rmSync(outside, { recursive: true })
    }
  })

  it('says which file is damaged instead of replacing it', async () => {
    mkdirSync(join(home, '.gitlawb'))
    writeFileSync(file('identity.pem'), 'no key')
    await assert.rejects(gitlawb.provision(agent()), /identity\.pem can't be used/)
    assert.equal(readFileSync(file('identity.pem'), 'utf8'), 'no key')
  })

  it('signs commits that plain git verifies, and that fail when they are changed', async () => {
    const { did } = await gitlawb.provision(agent())
    const repository = join(home, 'repository')
    const env = { PATH: process.env.PATH ?? '', HOME: home, GIT_CONFIG_NOSYSTEM: '1' }
    const git = (...args: string[]) => print('git', ['-C', repository, ...args], env)
    mkdirSync(repository)
    git('init', '-q')
    git('config', 'user.name', 'a1')
    for (const { key, value } of gitlawb.gitConfig(agent())) git('config', key, value)
    writeFileSync(join(repository, 'x'), '1')
    git('add', 'x')
    assert.equal(git('commit', '-qm', 'one').stderr, '')
    const verified = git('verify-commit', '-v', 'HEAD')
    assert.equal(verified.code, 0, verified.stderr)
    assert.match(verified.stderr, new RegExp(`Good "git" signature for ${did}@gitlawb`))
    assert.equal(git('log', '-1', '--format=%G? %GS %ae').stdout.trim(), `G ${did}@gitlawb ${did}@gitlawb`)
    const commit = git('cat-file', 'commit', 'HEAD').stdout.replace(/\none\n$/, '\ntwo\n')
    writeFileSync(join(home, 'commit'), commit)
    const forged = git('hash-object', '-t', 'commit', '-w', join(home, 'commit')).stdout.trim()
    assert.notEqual(git('verify-commit', forged).code, 0)
  })

  it('is read by the real gl, and gl’s is read by us', async function () {
    if (!existsSync(GL)) {
      process.stderr.write(`    there is no gl for this system: it can't judge our identities\n`)
      this.skip()
    }
    const { did } = await gitlawb.provision(agent())
    const gl = (at: string, ...args: string[]) => print(GL, args, { HOME: at, PATH: process.env.PATH ?? '' })
    assert.equal(gl(home, 'identity', 'show').stdout, `${did}\n`)
    const other = join(home, 'other')
    mkdirSync(other)
    assert.equal(gl(other, 'identity', 'new').code, 0)
    const theirs = gl(other, 'identity', 'show').stdout.trim()
    assert.equal((await gitlawb.provision({ ...agent(), home: other })).did, theirs)
  })
})
