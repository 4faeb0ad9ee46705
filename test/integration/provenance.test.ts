import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { VerifyReport } from '../../src/agents/provenance/verify.ts'
import { TestHome, until } from '../support/agentvm.ts'
import { git } from '../support/git.ts'

type Statement = {
  predicate: { event: string; agent: Record<string, unknown>; exit?: { code: number | null; reason: string } }
}

/** What an agent does that wants to be somebody else: each thing that worked leaves a file. */
const ATTACK = (home: string) => `
  cat ${home}/provenance/home-key.pem >key-was-read 2>/dev/null && [ -s key-was-read ] || rm -f key-was-read
  ls ${home}/provenance >was-listed 2>/dev/null && [ -s was-listed ] || rm -f was-listed
  mkdir -p ${home}/provenance/agents 2>/dev/null
  echo forged >>${home}/provenance/agents/$AGENTVM_ID.jsonl 2>/dev/null
  find / -xdev -name 'home-key.pem' 2>/dev/null | grep . >was-found || rm -f was-found
  grep -l 'PRIVATE KEY' /proc/*/environ >in-environment 2>/dev/null && [ -s in-environment ] || rm -f in-environment
`

describe('the provenance of real agents', function () {
  this.timeout(240_000)
  let home: TestHome
  before(() => {
    home = new TestHome()
  })
  after(() => home.remove())

  const verify = async (args: string[], env: Record<string, string> = {}) => {
    const { code, stdout, stderr } = await home.run(['verify', ...args, '--json'], { env })
    const report = stdout.startsWith('{"target"') ? (JSON.parse(stdout) as VerifyReport) : undefined
    return { code, report, text: stdout + stderr }
  }
  const shown = (name: string) => home.json<Statement[]>('provenance', 'show', name)

  it('lets a clone verify without a home which agent made a commit, and no agent get at the key or the records', async () => {
    const work = `git init -q .; echo x >x; git add x; git commit -qm first; ${ATTACK(home.path)} true`
    const spawn = ['spawn', 'a1', '--gitlawb', '-m', 'a secret prompt', '--', 'sh', '-c', work]
    const { code, stderr } = await home.run(spawn, { env: { GITLAWB_NODE: 'http://127.0.0.1:1' } })
    assert.equal(code, 0, stderr)
    await home.ok('wait', 'a1')
    const workspace = home.file('workspaces', 'a1')
    assert.deepEqual(readdirSync(workspace).sort(), ['.git', 'x'])

    const here = await verify(['HEAD', '--repo', workspace])
    assert.deepEqual([here.code, here.report?.outcome], [0, 'established'], here.text)
    const run = here.report?.results[0]?.made_by
    assert.deepEqual([run?.agent.name, run?.program, run?.sandbox, run?.exit_code], ['a1', 'sh', 'bwrap', 0])
    assert.doesNotMatch(
      readFileSync(home.file('provenance/agents', `${run?.agent.id}.jsonl`), 'latin1'),
      /c2VjcmV0/,
    )

    const clone = home.file('..', 'clone')
    git(home.path, 'clone', '-q', workspace, clone)
    await home.ok('provenance', 'export', 'a1', '--git-notes', '--repo', clone)
    const key = (await home.ok('provenance', 'key')).trim()
    const nowhere = { AGENTVM_HOME: home.file('..', 'nowhere') }
    const elsewhere = await verify(['HEAD', '--repo', clone, '--home-key', key], nowhere)
    assert.deepEqual([elsewhere.code, elsewhere.report?.sources.map(({ kind }) => kind)], [0, ['notes']])
    assert.equal((await verify(['HEAD', '--repo', clone], nowhere)).code, 3)
    assert.equal(existsSync(nowhere.AGENTVM_HOME), false)

    const note = git(clone, 'notes', '--ref', 'agentvm', 'show', 'HEAD')
    git(clone, 'notes', '--ref', 'agentvm', 'add', '-f', '-m', note.split('\n').slice(1).join('\n'), 'HEAD')
    assert.equal((await verify(['HEAD', '--repo', clone, '--home-key', key], nowhere)).code, 1)
    assert.equal((await verify(['HEAD', '--repo', '/', '--home-key', key], nowhere)).code, 2)
    assert.equal((await verify(['nobody', '--repo', clone], nowhere)).code, 2)
    assert.equal((await verify(['HEAD', '--home-key', 'did:key:zzz', '--repo', clone])).code, 2)
  })

  it('can be verified by openssl alone', async () => {
    const file = home.file('..', 'records.jsonl')
    await home.ok('provenance', 'export', 'a1', '--output', file)
    assert.equal((await verify([file])).code, 0)
    writeFileSync(home.file('..', 'home.pem'), await home.ok('provenance', 'key', '--pem'))
    for (const line of readFileSync(file, 'utf8').trim().split('\n')) {
      const { payload, payloadType, signatures } = JSON.parse(line)
      const bytes = Buffer.from(payload, 'base64')
      const head = `DSSEv1 ${payloadType.length} ${payloadType} ${bytes.length} `
      writeFileSync(home.file('..', 'pae'), Buffer.concat([Buffer.from(head), bytes]))
      writeFileSync(home.file('..', 'sig'), Buffer.from(signatures[0].sig, 'base64'))
      const argv = [
        'pkeyutl',
        '-verify',
        '-pubin',
        '-inkey',
        'home.pem',
        '-rawin',
        '-in',
        'pae',
        '-sigfile',
        'sig',
      ]
      execFileSync('openssl', argv, { cwd: join(home.path, '..'), stdio: 'ignore' })
    }
  })

  it('goes on under a new name, and a clone names its parent and has a chain of its own', async () => {
    const [first] = await shown('a1')
    await home.ok('rename', 'a1', 'renamed')
    await home.ok('clone', 'renamed', 'twin')
    assert.equal((await verify(['twin', '--as', 'agent'])).code, 2)
    const { code } = await home.run(['restart', 'twin'], { env: { GITLAWB_NODE: 'http://127.0.0.1:1' } })
    assert.equal(code, 0)
    await home.ok('wait', 'twin')
    const [start] = await shown('twin')
    const parent = { id: first?.predicate.agent.id, name: 'renamed', did: first?.predicate.agent.did }
    assert.deepEqual(start?.predicate.agent.parent, parent)
    assert.notEqual(start?.predicate.agent.did, parent.did)
    assert.deepEqual([(await verify(['renamed'])).code, (await verify(['twin'])).code], [0, 0])
  })

  it('tells a kill, a lost end and a run that leaves nothing else, each once', async () => {
    await home.ok('spawn', 'k1', '--', 'cat')
    await home.ok('spawn', 'l1', '--', 'cat')
    git(home.file('workspaces', 'k1'), 'init', '-q')
    const busy = await home.run([
      'provenance',
      'export',
      'k1',
      '--git-notes',
      '--repo',
      home.file('workspaces', 'k1'),
    ])
    assert.match(busy.stderr, /'k1' is at work in/)
    await home.ok('kill', 'k1')
    const { pid } =
      (await home.json<{ name: string; pid: number }[]>('list')).find(({ name }) => name === 'l1') ?? {}
    process.kill(Number(pid), 'SIGKILL')
    await until(async () => (await home.ok('list', '--status', 'dead', '-q')).includes('l1'), 'the end of l1')
    assert.equal((await home.run(['run', '--name', 'r1', '--', 'sh', '-c', 'exit 4'])).code, 4)
    const abandoned = home.start(['run', '--name', 'r2', '--', 'sh', '-c', 'echo up; exec sleep 60'])
    await once(abandoned.stdout as NodeJS.ReadableStream, 'data')
    abandoned.kill('SIGKILL')
    await until(async () => !(await home.ok('list', '-q')).includes('r2'), 'the end of r2')
    const ends = await Promise.all(
      ['k1', 'l1', 'r1', 'r2'].map(async (name) =>
        (await shown(name)).map(({ predicate }) => predicate.exit?.reason),
      ),
    )
    assert.deepEqual(ends, [
      [undefined, 'killed'],
      [undefined, 'lost'],
      [undefined, 'exited'],
      [undefined, 'lost'],
    ])
    const policies = await home.json<{ policy: string }[]>('provenance', 'list', 'k1', 'l1')
    assert.equal(new Set(policies.map(({ policy }) => policy)).size, 1)
    await home.ok('clean', '--force', 'k1')
    assert.equal((await verify(['k1'])).code, 0)
    const rows = await home.json<{ agent: { name: string }; exit_code: number | null }[]>(
      'provenance',
      'list',
      'r1',
      'k1',
    )
    assert.deepEqual(rows.map(({ agent, exit_code }) => [agent.name, exit_code === 4]).sort(), [
      ['k1', false],
      ['r1', true],
    ])
    assert.match(await home.ok('provenance', 'list'), /AGENT +ID +RUN/)
  })
})
