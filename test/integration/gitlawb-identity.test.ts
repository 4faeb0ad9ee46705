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
import type { IdentitySubject } from '@agentvm/sdk'
import gitlawb from '../../plugins/gitlawb/src/index.ts'
import { print, ROOT } from '../support/cli-installed.ts'
import { GitlawbNode } from '../support/gitlawb-node.ts'

const GL = join(ROOT, 'node_modules/@gitlawb/gl-linux-x64/gl')

describe('an identity of gitlawb', () => {
  let home: string
  let node: GitlawbNode
  const before = process.env.GITLAWB_NODE
  const agent = (more: Partial<IdentitySubject> = {}): IdentitySubject => ({
    ...{ id: 'abcd1234', name: 'a1', home, keys: join(home, 'keys'), mode: 'file', past: [] },
    ...more,
  })
  const file = (name: string) => join(home, '.gitlawb', name)
  const register = () => gitlawb.register(agent(), AbortSignal.timeout(20_000))

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

  it('is made once, private, and without a word to anybody', async () => {
    const made = await gitlawb.provision(agent())
    assert.match(made.did, /^did:key:z6Mk\w{44}$/)
    assert.deepEqual([made.registered, made.retryAfter], [false, 0])
    assert.deepEqual(await gitlawb.provision(agent()), made)
    assert.equal(node.requests.length, 0)
    for (const folder of [file(''), join(home, 'keys')]) {
      assert.equal(statSync(folder).mode & 0o777, 0o700)
      for (const name of readdirSync(folder))
        assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600, name)
    }
  })

  it('leaves no private key in the home where that is the host’s', async () => {
    const { did } = await gitlawb.provision(agent())
    await register()
    assert.equal((await gitlawb.provision(agent({ mode: 'socket' }))).did, did)
    assert.deepEqual(readdirSync(file('')).sort(), ['allowed_signers', 'id_ed25519.pub'])
    assert.ok(gitlawb.gitConfig(agent({ mode: 'socket' })).some(({ value }) => value.startsWith('key::ssh-')))
  })

  it('is registered once, and its token is stored as gl does', async () => {
    const { did } = await gitlawb.provision(agent())
    assert.equal((await register()).registered, true)
    assert.equal((await register()).registered, true)
    assert.equal(node.requests.length, 1)
    const text = readFileSync(file('ucan.json'), 'utf8')
    const { saved_at, ...rest } = JSON.parse(text)
    assert.deepEqual(rest, { did, node: node.url, ucan: `token-of-${did}` })
    assert.match(saved_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?\+00:00$/)
    assert.equal(text, JSON.stringify({ did, node: node.url, saved_at, ucan: rest.ucan }, null, 2))
  })

  it('says when a node that is not there can be asked again', async () => {
    const { url } = node
    node.stop()
    const { did } = await gitlawb.provision(agent())
    const made = await register()
    assert.deepEqual([made.registered, made.retryAfter], [false, 15])
    assert.match(made.reason ?? '', /can't be reached/)
    node = await GitlawbNode.start()
    assert.notEqual(node.url, url)
    process.env.GITLAWB_NODE = node.url
    assert.deepEqual([(await register()).registered, (await register()).did], [true, did])
  })

  it('is not taken from what the agent has put into its home', async () => {
    const other = join(home, 'other')
    const planted = await gitlawb.provision(agent({ home: other, keys: join(other, 'keys') }))
    const from = join(other, '.gitlawb', 'identity.pem')
    mkdirSync(file(''))
    writeFileSync(file('identity.pem'), readFileSync(from))
    const { did } = await gitlawb.provision(agent())
    assert.notEqual(did, planted.did)
    writeFileSync(file('identity.pem'), readFileSync(from))
    assert.equal((await gitlawb.provision(agent({ did }))).did, did)
    assert.notEqual(readFileSync(file('identity.pem'), 'utf8'), readFileSync(from, 'utf8'))
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
    mkdirSync(join(home, 'keys'))
    writeFileSync(join(home, 'keys', 'identity.pem'), 'no key')
    await assert.rejects(gitlawb.provision(agent()), /identity\.pem can't be used/)
    assert.equal(readFileSync(join(home, 'keys', 'identity.pem'), 'utf8'), 'no key')
  })

  it('ends at its node when it is replaced or revoked, and nothing of it is left', async () => {
    const { did } = await gitlawb.provision(agent())
    await register()
    const next = await gitlawb.rotate(agent())
    assert.notEqual(next.did, did)
    assert.deepEqual([next.registered, next.reason], [false, 'it has not been registered yet'])
    assert.deepEqual([...node.ended], [did])
    await register()
    assert.equal(await gitlawb.revoke(agent()), undefined)
    assert.deepEqual([...node.ended], [did, next.did])
    assert.deepEqual([readdirSync(file('')), readdirSync(join(home, 'keys'))], [[], []])
  })

  it('is replaced also where its node is gone, which is said', async () => {
    const { did } = await gitlawb.provision(agent())
    await register()
    node.stop()
    assert.match((await gitlawb.rotate(agent())).reason ?? '', new RegExp(`still takes ${did} for active`))
    assert.equal(await gitlawb.revoke(agent()), undefined)
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
    const keys = join(other, 'keys')
    const taken = await gitlawb.provision(agent({ home: other, keys, did: theirs }))
    assert.equal(taken.did, theirs)
    const exported = gl(other, 'identity', 'export').stdout
    const document = await gitlawb.document(agent({ home: other, keys }))
    assert.equal(`${JSON.stringify(document, null, 2)}\n`, exported)
    const signature = Buffer.from(await gitlawb.sign(agent({ home: other, keys }), Buffer.from('hello')))
    assert.equal(`${signature.toString('base64url')}\n`, gl(other, 'identity', 'sign', 'hello').stdout)
  })
})
