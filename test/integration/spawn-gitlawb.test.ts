import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TestHome, until } from '../support/agentvm.ts'
import { GitlawbNode } from '../support/gitlawb-node.ts'

/** A repository whose own settings would sign as somebody else. */
function makeRepository(): string {
  const folder = mkdtempSync(join(tmpdir(), 'agentvm-repository-'))
  const git = (...args: string[]) => execFileSync('git', ['-C', folder, ...args])
  git('init', '-q')
  const own = { 'user.name': 'Jane', 'user.email': 'jane@example.org', 'gpg.format': 'openpgp' }
  for (const [key, value] of Object.entries(own)) git('config', key, value)
  git('commit', '-q', '--allow-empty', '-m', 'base')
  return folder
}

const LOG = 'git log -1 --format="%G? %GS %an %ae"'
const COMMIT = `echo $1 >x; git add x; git commit -qm $1 && ${LOG}`
/** What an agent that was taken over tries, each with a word for the outcome. */
const ATTACKS = `
ssh-add -D 2>/dev/null && echo emptied
echo text >/tmp/m
ssh-add -L >/tmp/k.pub
for n in file email; do ssh-keygen -Y sign -n $n -f /tmp/k.pub /tmp/m 2>/dev/null && echo signed-$n; done
ls /run/agentvm
ls /run/agentvm/proxy
find / -xdev '(' -name identity.pem -o -name id_ed25519 -o -name identities ')' 2>/dev/null
grep -rls "BEGIN[ ].*PRIVATE KEY" ~ /workspace /run /tmp /proc/[0-9]*/environ /proc/[0-9]*/cmdline 2>/dev/null
touch /run/agentvm/proxy/g 2>/dev/null; rm -f /run/agentvm/proxy/g 2>/dev/null && echo removed
ssh-add -l | wc -l`

describe('an agent with a DID', () => {
  let home: TestHome
  let node: GitlawbNode
  const withNode = (...args: string[]) => home.run(args, { env: { GITLAWB_NODE: node.url } })
  const registered = (name: string) =>
    until(async () => (await home.json<{ registered: boolean }>('identity', 'show', name)).registered, name)
  const idOf = async (name: string) => (await home.json<{ id: string }>('info', name)).id

  beforeEach(async () => {
    home = new TestHome()
    node = await GitlawbNode.start()
  })
  afterEach(async () => {
    node.stop()
    await home.remove()
  })

  it('signs its commits with a key that it can neither see nor use for anything else', async () => {
    const repository = makeRepository()
    const steps = `c() { ${COMMIT}; }; c one; git verify-commit HEAD 2>/dev/null && echo good; ${ATTACKS}
      until [ -e go ]; do sleep 0.02; done; c two; until [ -e on ]; do sleep 0.02; done; c three`
    const spawned = await withNode(
      ...['spawn', 'a1', '--gitlawb', '--from-dir', repository, '--net', 'none', '--', 'sh', '-c', steps],
    )
    assert.equal(spawned.code, 0, spawned.stderr)
    const [did = ''] = /did:key:z6Mk\w{44}/.exec(spawned.stdout) ?? []
    const lines = async (count: number) =>
      until(async () => {
        const seen = (await home.ok('logs', 'a1')).trim().split(/\r?\n/)
        return seen.length >= count ? seen : undefined
      }, `${count} lines`)
    // Its own name and DID, whatever the repository says; one socket, one key, and no private key anywhere.
    const mine = `G ${did}@gitlawb a1 ${did}@gitlawb`
    assert.deepEqual(await lines(5), [mine, 'good', 'proxy', 'g', '1'])

    const id = await idOf('a1')
    const outside = join(home.file('homes', id), '.gitlawb', 'allowed_signers')
    const workspace = home.file('workspaces', 'a1')
    const safe = ['-c', `safe.directory=${workspace}`, '-c', `gpg.ssh.allowedSignersFile=${outside}`]
    execFileSync('git', [...safe, '-c', 'gpg.format=ssh', '-C', workspace, 'verify-commit', 'HEAD'], {
      stdio: 'ignore',
    })
    assert.deepEqual(readdirSync(join(home.file('homes', id), '.gitlawb')).sort(), [
      ...['allowed_signers', 'id_ed25519.pub'],
    ])

    // Without its signer git says so, and makes no commit; whoever looks at the agent brings the signer back.
    const proxy = Number(home.read('proxy', 'pid').split(':')[0])
    process.kill(proxy, 'SIGKILL')
    await until(() => !existsSync(`/proc/${proxy}`), 'end of the signer')
    mkdirSync(join(workspace, 'go'))
    await until(
      async () => /failed to write commit/.test(await home.ok('logs', 'a1')),
      'what git says without it',
    )
    await home.ok('info', 'a1')
    mkdirSync(join(workspace, 'on'))
    await home.ok('wait', 'a1')
    assert.equal((await home.ok('logs', 'a1')).trim().split(/\r?\n/).at(-1), mine)
    const secret = home.read('identities', id, 'identity.pem').split('\n')[1] ?? ''
    for (const file of ['state/a1.env', 'history.log', 'events.jsonl']) {
      assert.ok(!home.read(...file.split('/')).includes(secret), file)
    }
    rmSync(repository, { recursive: true })
  })

  it('has the key as a file where it is asked to, for programs inside', async () => {
    const script = `git init -q .; set -- one; ${COMMIT}; ls -1 ~/.gitlawb; echo "\${SSH_AUTH_SOCK-no socket} $GITLAWB_NODE"`
    const flags = ['--identity-mode', 'file', '--net', 'none']
    const spawned = await withNode('spawn', 'a1', ...flags, '--', 'sh', '-c', script)
    assert.equal(spawned.code, 0, spawned.stderr)
    const [did] = /did:key:z6Mk\w{44}/.exec(spawned.stdout) ?? []
    await home.ok('wait', 'a1')
    // The token comes whenever the registration in the background is through.
    const lines = (await home.ok('logs', 'a1')).trim().split(/\s*\n/)
    assert.deepEqual(
      lines.filter((line) => line !== 'ucan.json'),
      [
        `G ${did}@gitlawb a1 ${did}@gitlawb`,
        ...['allowed_signers', 'id_ed25519', 'id_ed25519.pub', 'identity.pem', `no socket ${node.url}`],
      ],
    )
    await registered('a1')
    const id = await idOf('a1')
    assert.ok(existsSync(home.file('homes', id, '.gitlawb', 'ucan.json')))
    // The mode is kept, and changed by asking for the other one: then the file is gone.
    await withNode('spawn', 'a1', '--net', 'none', '--', 'test', '-e', '/home/agent/.gitlawb/identity.pem')
    assert.match(await home.ok('wait', 'a1'), /0/)
    await withNode('spawn', 'a1', '--identity-mode', 'socket', '--net', 'none', '--', 'true')
    assert.equal(existsSync(home.file('homes', id, '.gitlawb', 'identity.pem')), false)
  })

  it('keeps its DID when it is started again or renamed, is registered once, and a clone gets its own', async () => {
    await withNode('spawn', 'a1', '--gitlawb', '--net', 'none', '--', 'true')
    await registered('a1')
    await withNode('restart', 'a1')
    await home.ok('wait', 'a1')
    const before = await home.json<{ did: string }>('identity', 'show', 'a1')
    await home.ok('rename', 'a1', 'b1')
    assert.equal((await home.json<{ did: string }>('identity', 'show', 'b1')).did, before.did)
    assert.equal((await home.run(['identity', 'register', 'b1'])).code, 1, 'another node')
    assert.equal((await withNode('clone', 'b1', 'c1', '--start')).code, 0)
    await registered('c1')
    const clone = await home.json<{ did: string }>('identity', 'show', 'c1')
    assert.notEqual(clone.did, before.did)
    assert.deepEqual(
      node.requests.map(({ body }) => JSON.parse(body).did).sort(),
      [before.did, clone.did].sort(),
    )
  })

  it('starts at once where its node is down, says so, and can be registered later', async () => {
    const { url } = node
    node.stop()
    const spawned = await home.run(['spawn', 'a1', '--id', '--net', 'none', '--', 'true'], {
      env: { GITLAWB_NODE: url },
    })
    assert.equal(spawned.code, 0)
    await until(
      async () => /not registered: .*can't be reached/.test(await home.ok('info', 'a1')),
      'the reason',
    )
    node = await GitlawbNode.start()
    const again = await withNode('identity', 'register', 'a1')
    assert.deepEqual([again.code, /\bregistered\b/.test(again.stdout)], [0, true])
  })

  it('does not start where its registration is required and refused, and leaves nothing', async () => {
    node.stop()
    node = await GitlawbNode.start({ answers: (r) => r.writeHead(403).end('{"message":"no"}') })
    const refused = await withNode('spawn', 'a1', '--require-gitlawb', '--net', 'none', '--', 'true')
    assert.equal(refused.code, 1)
    assert.match(refused.stderr, /its identity is required: .* refuses \(403: no\)/)
    assert.deepEqual(home.leftovers('homes', 'workspaces', 'identities'), [])
    node.stop()
    node = await GitlawbNode.start()
    await withNode('spawn', 'a1', '--require-gitlawb', '--net', 'none', '--', 'true')
    assert.equal((await home.json<{ registered: boolean }>('identity', 'show', 'a1')).registered, true)
    assert.match(home.read('state', 'a1.env'), /AGENT_GITLAWB_MODE='force'/)
    // When it is gone for good its node knows, and only its public keys are left.
    await home.ok('wait', 'a1')
    const { did, keys } = await home.json<{ did: string; keys: object[] }>('identity', 'show', 'a1')
    const id = await idOf('a1')
    await home.ok('clean', '--force', 'a1')
    await home.ok('trash', 'empty', '--force')
    assert.deepEqual([[...node.ended], keys.length], [[did], 1])
    assert.deepEqual(home.leftovers(`identities/${id}`), [`identities/${id}/keys.json`])
    assert.match(home.read('identities', id, 'keys.json'), /"status": "retired"/)
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
