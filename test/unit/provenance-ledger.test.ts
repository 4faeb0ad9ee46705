import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { homeKey } from '../../src/agents/provenance/home-key.ts'
import { lastRecord, ledgersAside } from '../../src/agents/provenance/ledger.ts'
import { policyText } from '../../src/agents/provenance/policy-text.ts'
import { recordRunEnd, recordRunTakenBack } from '../../src/agents/provenance/record-run.ts'
import { type LabAgent, ProvenanceLab, shortcomings } from '../support/provenance.ts'

const SOURCE = join(import.meta.dirname, '../../src/agents/provenance')

describe("an agent's run records", () => {
  let lab: ProvenanceLab
  let agent: LabAgent
  beforeEach(() => {
    lab = new ProvenanceLab()
    agent = lab.agent('aaaaaaaa', 'a1')
  })
  afterEach(() => lab.remove())

  const run = () => lab.run(agent, () => {})
  const outcome = async () => (await lab.verify('a1')).outcome

  it('are a start and an end a run, signed and chained, in private files', async () => {
    await run()
    await run()
    assert.equal(lab.ledger(agent).lines.length, 4)
    assert.equal(await outcome(), 'established')
    const { provenance } = lab.home
    const modes = ['', 'home-key.pem', 'agents', 'agents/aaaaaaaa.jsonl', 'policies'].map(
      (path) => statSync(join(provenance, path)).mode & 0o777,
    )
    assert.deepEqual(modes, [0o700, 0o600, 0o700, 0o600, 0o700])
    assert.deepEqual(lab.warnings, [])
  })

  it('hold no prompt, no argument and no value of the environment, and policies only the names', async () => {
    await run()
    const [policy = ''] = readdirSync(join(lab.home.provenance, 'policies'))
    const kept = readFileSync(join(lab.home.provenance, 'policies', policy), 'utf8')
    assert.match(kept, /"env":\["SECRET"\]/)
    const statements = lab
      .ledger(agent)
      .lines.map((line) => Buffer.from(JSON.parse(line).payload, 'base64').toString())
    for (const text of [kept, ...statements])
      assert.doesNotMatch(text, /hidden-value|a prompt|\/usr\/bin\/claude/)
    assert.match(statements[1] ?? '', /"profile":\{"name":"claude-code","version":"1\.2\.3"\}/)
    assert.ok(statements[0]?.includes(policy.replace('.json', '')))
  })

  it('keep the policy whole, also where a power failure has emptied what was kept of it', async () => {
    await run()
    const [policy = ''] = readdirSync(join(lab.home.provenance, 'policies'))
    const kept = join(lab.home.provenance, 'policies', policy)
    const whole = readFileSync(kept, 'utf8')
    for (const size of [0, whole.length >> 1]) {
      truncateSync(kept, size)
      await run()
      assert.equal(readFileSync(kept, 'utf8'), whole)
    }
  })

  it('name the policy by one hash for all agents under it, and by another for any other', () => {
    const text = (id: string, name: string, change: object = {}) => {
      const places = { id, name, workspace: `/a/workspaces/${name}`, home: `/a/homes/${id}` }
      const { workspace, home } = places
      const sockets = [{ source: `/a/proxy/sockets/${id}`, target: '/run/p' }]
      const policy = { agentId: id, hostname: name, cwd: `${workspace}/x`, home, sockets, readOnly: ['/usr'] }
      return policyText({ ...policy, ...change }, places, '/a')
    }
    assert.equal(text('aaaaaaaa', 'a1'), text('bbbbbbbb', 'b1'))
    assert.match(text('aaaaaaaa', 'a1'), /"cwd":"<workspace>\/x".*"<agentvm>\/proxy\/sockets\/<id>"/)
    for (const change of [{ readOnly: [] }, { cwd: '/a/workspaces/other' }, { hostname: 'else' }, { x: 1 }]) {
      assert.notEqual(text('aaaaaaaa', 'a1', change), text('bbbbbbbb', 'b1'))
    }
  })

  it('tell an end once, whoever comes to write it down', async () => {
    await run()
    const ended = {
      ...agent.record,
      exitCode: 9,
      endReason: 'killed' as const,
      endedAt: '2026-01-01T00:00:00Z',
    }
    await Promise.all([1, 2, 3].map(() => recordRunEnd(lab.context, ended)))
    await recordRunTakenBack(lab.context, ended)
    assert.equal(lab.ledger(agent).lines.length, 2)
  })

  it('close a run that nobody has closed before the next one begins', async () => {
    await run()
    const { lines, file } = lab.ledger(agent)
    writeFileSync(file, `${lines[0]}\n`)
    await run()
    const all = lab
      .ledger(agent)
      .lines.map((line) => JSON.parse(Buffer.from(JSON.parse(line).payload, 'base64').toString()))
    assert.deepEqual(
      all.map(({ predicate }) => predicate.event),
      ['start', 'end', 'start', 'end'],
    )
    assert.equal(all[1].predicate.exit.reason, 'lost')
    assert.equal(await outcome(), 'established')
  })

  it('go on after a crash that cut a line, which is put aside, said, and named by verify', async () => {
    await run()
    const { file } = lab.ledger(agent)
    appendFileSync(file, '{"payload":"half of a li')
    await run()
    assert.equal(lab.ledger(agent).lines.length, 4)
    const [aside = ''] = ledgersAside(lab.home, 'aaaaaaaa')
    assert.equal(readFileSync(aside, 'utf8'), '{"payload":"half of a li\n')
    assert.match(lab.warnings.join(), /a1: a run record had been cut off by a crash/)
    assert.match(shortcomings(await lab.verify('a1'), 'failed').join(), /aside/)
  })

  it('begin anew where the last one is damaged, or another key signed it: what there was stays', async () => {
    await run()
    const { file, text } = lab.ledger(agent)
    writeFileSync(file, text.replace(/.{9}"}]}\n$/, 'AAAAAAAAA"}]}\n'))
    await run()
    assert.equal(lastRecord(lab.home, 'aaaaaaaa')?.says.index, 1)
    rmSync(join(lab.home.provenance, 'home-key.pem'))
    await assert.rejects(lab.exported('a1'), /signed by another key than this home has now/)
    await run()
    assert.equal(lastRecord(lab.home, 'aaaaaaaa')?.says.index, 1)
    assert.equal(ledgersAside(lab.home, 'aaaaaaaa').length, 2)
    assert.equal(await outcome(), 'failed')
  })

  it('cost an agent nothing if they can not be written: that is said', async () => {
    writeFileSync(lab.home.provenance, 'a file in the place of the folder')
    await run()
    assert.match(lab.warnings.join(), /a1: its run is not recorded/)
  })

  it('are not made where the setting says so, and a run that was begun is still closed', async () => {
    await run()
    const { lines, file } = lab.ledger(agent)
    writeFileSync(file, `${lines[0]}\n`)
    Object.assign(lab.context.settings, { provenance: false })
    await run()
    assert.equal(lab.ledger(agent).lines.length, 2)
    const never = lab.agent('bbbbbbbb', 'b1')
    await lab.run(never, () => {})
    assert.equal(existsSync(join(lab.home.provenance, 'agents/bbbbbbbb.jsonl')), false)
  })

  it('are one chain, and one key, whatever writes at once', async () => {
    const script = `
      const { appendRecord } = await import(${JSON.stringify(join(SOURCE, 'ledger.ts'))})
      const { Home } = await import(${JSON.stringify(join(SOURCE, '../../settings/home.ts'))})
      const home = new Home({ AGENTVM_HOME: ${JSON.stringify(lab.home.root)} })
      const sha256 = '0'.repeat(64)
      const run = {
        agentvm: '1', profile: null, command: { program: 'x', sha256 }, prompt: null,
        policy: { sha256, sandbox: 'bwrap', isolated: true, network: 'none' }, base: { commit: null, reason: 'no commit' },
      }
      const agent = { id: 'cccccccc', name: 'c1', did: null, parent: null }
      const time = '2026-01-01T00:00:00Z'
      for (let index = 0; index < 20; index += 1) {
        await appendRecord(home, 'cccccccc', (last) => last?.says.event === 'start'
          ? { event: 'end', time, agent, run, started: time, ended: time, exit: { code: 0, reason: 'exited' },
              result: { commit: null, reason: 'no commit' }, changes: { sha256: null, files: null, reason: 'no baseline' } }
          : { event: 'start', time, agent, run }, () => {})
      }`
    const children = Array.from({ length: 4 }, () =>
      spawn(process.execPath, ['--input-type=module', '-e', script], {
        stdio: ['ignore', 'ignore', 'inherit'],
      }),
    )
    const codes = await Promise.all(children.map(async (child) => (await once(child, 'exit'))[0]))
    assert.deepEqual(codes, [0, 0, 0, 0])
    const report = await lab.verify('cccccccc')
    assert.equal(report.outcome, 'established')
    assert.match(JSON.stringify(report), /whole: 80 records/)
    assert.equal(report.trusted[0]?.key, homeKey(lab.home).did)
  })

  it('take no longer to add where there are many: only the end of the file is read', async () => {
    await run()
    const { file, text } = lab.ledger(agent)
    // More than can be read as a whole; a hole takes no room.
    truncateSync(file, 5 * 1024 ** 3)
    appendFileSync(file, `\n${text}`)
    await run()
    assert.equal(lastRecord(lab.home, 'aaaaaaaa')?.says.index, 3)
    assert.deepEqual(lab.warnings, [])
  })
})
