import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { TestHome, until } from '../support/agentvm.ts'
import { GitlawbNode } from '../support/gitlawb-node.ts'

const COMMIT =
  'git init -q . && echo 1 >x && git add x && git commit -qm one && git log -1 --format="%G? %GS %ae"'

describe('an agent with a DID', () => {
  let home: TestHome
  let node: GitlawbNode
  const withNode = (...args: string[]) => home.run(args, { env: { GITLAWB_NODE: node.url } })

  beforeEach(async () => {
    home = new TestHome()
    node = await GitlawbNode.start()
  })
  afterEach(async () => {
    node.stop()
    await home.remove()
  })

  it('signs its commits inside the sandbox, as the author that it is', async () => {
    const spawned = await withNode('spawn', 'a1', '--gitlawb', '--net', 'none', '--', 'sh', '-c', COMMIT)
    assert.equal(spawned.code, 0, spawned.stderr)
    const [did] = /did:key:z6Mk\w{44}/.exec(spawned.stdout) ?? []
    assert.ok(did)
    await home.ok('wait', 'a1')
    assert.equal((await home.ok('logs', 'a1')).trim(), `G ${did}@gitlawb ${did}@gitlawb`)
    const [row] = await home.json<{ did: string; gitlawb: boolean }[]>('list')
    assert.deepEqual([row?.did, row?.gitlawb], [did, true])
  })

  it('keeps its DID when it is started again, and is registered once', async () => {
    for (let start = 0; start < 2; start += 1) {
      await withNode('spawn', 'a1', ...(start === 0 ? ['--gitlawb'] : []), '--net', 'none', '--', 'true')
      await home.ok('wait', 'a1')
    }
    assert.equal(node.requests.length, 1)
    const [identity] = await home.json<{ registered: boolean }[]>('identity', 'list')
    assert.equal(identity?.registered, true)
  })

  it('starts also where its node refuses, says so, and can be registered later', async () => {
    node.stop()
    const spawned = await home.run(['spawn', 'a1', '--id', '--net', 'none', '--', 'true'], {
      env: { GITLAWB_NODE: 'http://127.0.0.1:1' },
    })
    assert.equal(spawned.code, 0)
    assert.match(spawned.stderr, /not registered: .*agentvm identity register a1/)
    assert.match(await home.ok('info', 'a1'), /not registered: 127\.0\.0\.1:1 can't be reached/)
    node = await GitlawbNode.start()
    const registered = await withNode('identity', 'register', 'a1')
    assert.deepEqual([registered.code, /\bregistered\b/.test(registered.stdout)], [0, true])
  })

  it('tells its sandbox the node, and no key to anybody else', async () => {
    await withNode('spawn', 'a1', '--gitlawb', '--net', 'none', '--', 'sh', '-c', 'echo node=$GITLAWB_NODE')
    await home.ok('wait', 'a1')
    assert.equal((await home.ok('logs', 'a1')).trim(), `node=${node.url}`)
    const [row] = await home.json<{ id: string }[]>('list')
    const seed = readFileSync(home.file('homes', row?.id ?? '', '.gitlawb', 'identity.pem'), 'utf8').split(
      '\n',
    )[1]
    assert.ok(seed)
    for (const file of ['state/a1.env', 'history.log', 'events.jsonl']) {
      assert.ok(!home.read(...file.split('/')).includes(seed), file)
    }
  })

  it('is refused a key where it has planted a link, and nothing is written there', async () => {
    await home.ok('spawn', 'a1', '--net', 'none', '--', 'sh', '-c', 'ln -s /tmp ~/.gitlawb')
    await home.ok('wait', 'a1')
    const again = await withNode('spawn', 'a1', '--gitlawb', '--net', 'none', '--', 'true')
    assert.equal(again.code, 1)
    assert.match(again.stderr, /agent 'a1' gets no identity from gitlawb: .* is not a folder/)
    await until(async () => (await home.json<{ status: string }[]>('list'))[0]?.status === 'dead', 'dead')
  })

  it('gets none unless it is asked for or configured', async () => {
    await withNode('spawn', 'a1', '--net', 'none', '--', 'true')
    assert.deepEqual(await home.json('identity', 'list'), [])
    await home.ok('config', 'set', 'AGENTVM_GITLAWB_DEFAULT=true')
    await withNode('spawn', 'a2', '--net', 'none', '--', 'true')
    await withNode('spawn', 'a3', '--no-gitlawb', '--net', 'none', '--', 'true')
    const rows = await home.json<{ name: string }[]>('identity', 'list')
    assert.deepEqual(
      rows.map(({ name }) => name),
      ['a2'],
    )
  })
})
