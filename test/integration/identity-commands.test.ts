import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { IdentityReport } from '../../src/agents/identity/manage.ts'
import { type CliOptions, TestHome, until } from '../support/agentvm.ts'
import { GitlawbNode } from '../support/gitlawb-node.ts'
import { schemaProblem } from '../support/output-schema.ts'

/** Makes a commit for each folder that appears in its workspace. */
const COMMITS = `git init -q .
for n in one two three; do
  until [ -e "$n" ]; do sleep 0.02; done
  git commit -q --allow-empty -m $n
  git log --format='%s %G? %ae' >log 2>/dev/null
  mv log log.$n
done
sleep 1000`

describe('the commands for identities', () => {
  let home: TestHome
  let node: GitlawbNode
  let files: string
  const run = (args: string[], options: CliOptions = {}) =>
    home.run(args, { ...options, env: { GITLAWB_NODE: node.url } })
  /** Runs a command with --json, and holds its output against its schema. */
  const json = async (code: number, ...args: string[]) => {
    const done = await run(['identity', ...args, '--json'])
    assert.equal(done.code, code, done.stdout + done.stderr)
    assert.equal(schemaProblem(`identity:${args[0]}`, done.stdout), undefined)
    return JSON.parse(done.stdout)
  }
  const report = () => json(0, 'show', 'a1') as Promise<IdentityReport>
  /** `agentvm verify` of the agent's first two commits. */
  const verifyCommits = async (code: number) => {
    const at = ['--repo', home.file('workspaces', 'a1'), '--as', 'range', '--json']
    const done = await run(['verify', 'HEAD', ...at])
    assert.equal(done.code, code, done.stdout + done.stderr)
    return JSON.parse(done.stdout) as { results: { checks: { detail: string }[] }[] }
  }
  const file = (name: string, content: string) => {
    writeFileSync(join(files, name), content)
    return join(files, name)
  }

  before(async () => {
    home = new TestHome()
    node = await GitlawbNode.start()
    const spawned = await run(['spawn', 'a1', '--gitlawb', '--net', 'none', '--', 'sh', '-c', COMMITS])
    assert.equal(spawned.code, 0, spawned.stderr)
    files = home.file('files')
    mkdirSync(files)
  })
  after(async () => {
    await home.remove()
    node.stop()
  })

  /** Has the agent commit, and returns its log as plain git inside verifies it. */
  async function commit(name: string): Promise<string[]> {
    mkdirSync(home.file('workspaces', 'a1', name))
    const log = home.file('workspaces', 'a1', `log.${name}`)
    await until(() => existsSync(log), name)
    return readFileSync(log, 'utf8').trim().split('\n')
  }

  it('rotate, sign, verify, export, back up, restore and revoke the key of an agent that runs', async function () {
    this.timeout(240_000)
    const first = (await report()).did
    assert.deepEqual(await commit('one'), [`one G ${first}@gitlawb`])

    // Signed by the user, in the form of ssh-keygen; never for git.
    const text = file('text', 'hello')
    const signed = await json(0, 'sign', 'a1', text)
    const signature = file('text.sig', signed.signature)
    const signers = file('signers', `me ${(await json(0, 'export', 'a1'))[0].public_key}\n`)
    const verified = spawnSync(
      'ssh-keygen',
      ['-Y', 'verify', '-f', signers, '-I', 'me', '-n', 'file', '-s', signature],
      {
        input: 'hello',
      },
    )
    assert.equal(verified.status, 0, String(verified.stderr))
    assert.equal((await run(['identity', 'sign', 'a1', text, '--namespace', 'git'])).code, 2)

    // Back it up, encrypted.
    const secret = file('passphrase', 'correct horse\n')
    const other = file('other', 'wrong horse\n')
    const backup = join(files, 'backup.json')
    await json(0, 'backup', 'a1', '--output', backup, '--passphrase-file', secret)
    assert.equal(statSync(backup).mode & 0o777, 0o600)
    assert.equal(
      (await run(['identity', 'backup', 'a1', '--output', backup, '--passphrase-file', secret])).code,
      1,
    )

    // Rotate: the old signatures stay good, the next commit is by the new DID, at once.
    await until(async () => (await report()).registered, 'registration')
    const rotated: IdentityReport = await json(0, 'rotate', 'a1', '--reason', 'once a month')
    assert.notEqual(rotated.did, first)
    assert.deepEqual(
      rotated.keys.map(({ did, status, reason }) => [did, status, reason]),
      [
        [first, 'rotated', 'once a month'],
        [rotated.did, 'current', null],
      ],
    )
    assert.deepEqual([...node.ended], [first])
    assert.deepEqual(await commit('two'), [`two G ${rotated.did}@gitlawb`, `one G ${first}@gitlawb`])
    const found = await json(0, 'verify', text, '--signature', signature, '--signer', 'a1')
    assert.deepEqual([found.outcome, found.did, found.status], ['good', first, 'rotated'])

    // Outside, with plain git and no agentvm.
    const fleet = file('fleet', await home.ok('identity', 'export', '--format', 'allowed-signers'))
    const workspace = home.file('workspaces', 'a1')
    const git = [
      '-c',
      `safe.directory=${workspace}`,
      '-c',
      `gpg.ssh.allowedSignersFile=${fleet}`,
      '-C',
      workspace,
    ]
    const log = execFileSync('git', [...git, 'log', '--format=%G? %GS %ae'], { encoding: 'utf8' })
    assert.deepEqual(
      log.trim().split('\n'),
      [rotated.did, first].map((did) => `G ${did}@gitlawb ${did}@gitlawb`),
    )

    const { results } = await verifyCommits(3)
    assert.match(JSON.stringify(results[1]), /a key that was replaced since/)

    // A wrong passphrase, a changed byte, another identity: nothing is restored.
    const restore = (name: string, passphrase: string, ...more: string[]) =>
      run(['identity', 'restore', 'a1', name, '--passphrase-file', passphrase, ...more])
    assert.match(
      (await restore(backup, other, '--force')).stderr,
      /passphrase is wrong, or the backup was changed/,
    )
    const changed = file('changed', readFileSync(backup, 'utf8').replace(first, rotated.did))
    assert.match(
      (await restore(changed, secret, '--force')).stderr,
      /passphrase is wrong, or the backup was changed/,
    )
    assert.match((await restore(text, secret, '--force')).stderr, /that is no backup/)
    assert.match((await restore(backup, secret)).stderr, /has another identity/)
    assert.equal((await report()).did, rotated.did)
    // The private key leaves by an explicit word only, with a warning.
    const exported = await run(['identity', 'export', 'a1', '--private', '--output', '-'])
    assert.match(exported.stdout, /^-----BEGIN PRIVATE KEY-----/)
    assert.match(exported.stderr, /whoever has this key is this agent/)
    // One that was lost comes back by its backup.
    const id = (await home.json<{ id: string }>('info', 'a1')).id
    const again = join(files, 'again.json')
    await json(0, 'backup', 'a1', '--output', again, '--passphrase-file', secret)
    rmSync(home.file('identities', id, 'identity.pem'))
    await json(0, 'restore', 'a1', again, '--passphrase-file', secret)
    assert.equal(home.read('identities', id, 'identity.pem'), exported.stdout)

    // Revoke: the agent goes on without; what the key signed isn't good any more; no backup brings it back.
    const late = file('late.sig', (await json(0, 'sign', 'a1', text)).signature)
    const revoked = await json(0, 'revoke', 'a1', '--reason', 'stolen', '--force')
    assert.deepEqual([revoked.did, revoked.reason, revoked.problem], [rotated.did, 'stolen', null])
    assert.equal(existsSync(home.file('identities', id, 'identity.pem')), false)
    const [last] = await commit('three')
    assert.equal(last, 'three N a1@agentvm.local')
    assert.equal((await json(1, 'verify', text, '--signature', late)).outcome, 'revoked')
    assert.match((await restore(again, secret)).stderr, /was revoked/)
    assert.match(JSON.stringify((await verifyCommits(1)).results), /was revoked at .*: stolen/)
    assert.match((await run(['identity', 'show', 'a1'])).stderr, /has no identity/)
    assert.match(home.read('history.log'), /\trotate\ta1\t.*\n[\s\S]*\trevoke\ta1\t.*reason=stolen/)
  })

  it('tell a signature of another file, for another purpose, or by somebody unknown', async () => {
    const text = file('mine', 'mine')
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(files, 'stranger')])
    execFileSync('ssh-keygen', ['-q', '-Y', 'sign', '-n', 'file', '-f', join(files, 'stranger'), text])
    const verify = (code: number, name: string, ...more: string[]) =>
      json(code, 'verify', name, '--signature', `${text}.sig`, ...more)
    assert.equal((await verify(3, text)).outcome, 'unknown')
    assert.match((await verify(1, file('not-mine', 'x'))).summary, /not of this file/)
    assert.match((await verify(1, text, '--namespace', 'mail')).summary, /signed for 'file'/)
    assert.match((await verify(1, text, '--signer', 'a1')).summary, /not by a1/)
  })
})
