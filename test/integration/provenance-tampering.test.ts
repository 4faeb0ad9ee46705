import assert from 'node:assert/strict'
import { appendFileSync, renameSync, writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { SigningKey } from '../../src/provenance/ed25519.ts'
import { seal } from '../../src/provenance/envelope.ts'
import { type Fields, sealedBy, statementOf, TamperedLab, withStatement } from '../support/forgery.ts'
import { type LabAgent, ProvenanceLab, shortcomings } from '../support/provenance.ts'

describe('verify finds tampering', function () {
  this.timeout(240_000)
  let lab: TamperedLab
  let other: ProvenanceLab
  let one: LabAgent
  let two: LabAgent
  let first: string
  let second: string
  let lines: string[]

  before(async () => {
    lab = new TamperedLab()
    await lab.work()
    ;({ one, two, first, second, lines } = lab)
    other = new ProvenanceLab('other')
  })
  after(() => {
    lab.remove()
    other.remove()
  })

  it('only where there is some', async () => {
    const whole = await lab.verifyLines(lines)
    assert.deepEqual([whole.outcome, shortcomings(whole, 'failed')], ['established', []])
    const commit = await lab.verify(second, { repo: one.repo })
    assert.equal(commit.outcome, 'established', JSON.stringify(commit, null, 1))
    assert.equal(commit.results[0]?.made_by?.agent.did, one.key.did)
  })

  /** The lines of an export with one of them changed. */
  const changed = (index: number, change: (line: string) => string) =>
    lines.map((line, at) => (at === index ? change(line) : line))

  const fields: [string, (statement: never) => void][] = [
    ['the agent', ({ predicate }: { predicate: { agent: Fields } }) => (predicate.agent.name = 'b1')],
    ['the DID', ({ predicate }: { predicate: { agent: Fields } }) => (predicate.agent.did = two.key.did)],
    [
      'the parent',
      ({ predicate }: { predicate: { agent: Fields } }) => {
        predicate.agent.parent = { id: 'x', name: 'x', did: null }
      },
    ],
    ['the profile', ({ predicate }: { predicate: { run: Fields } }) => (predicate.run.profile = null)],
    [
      'the program',
      ({ predicate }: { predicate: { run: { command: Fields } } }) => (predicate.run.command.program = 'x'),
    ],
    [
      'the prompt',
      ({ predicate }: { predicate: { run: Fields } }) => (predicate.run.prompt = { sha256: '0'.repeat(64) }),
    ],
    [
      'the policy',
      ({ predicate }: { predicate: { run: { policy: Fields } } }) => (predicate.run.policy.network = 'host'),
    ],
    [
      'the base',
      ({ predicate }: { predicate: { run: { base: Fields } } }) => (predicate.run.base.commit = first),
    ],
    ['the result', ({ predicate }: { predicate: { result: Fields } }) => (predicate.result.commit = first)],
    ['the changes', ({ predicate }: { predicate: { changes: Fields } }) => (predicate.changes.files = 7)],
    ['the exit code', ({ predicate }: { predicate: { exit: Fields } }) => (predicate.exit.code = 1)],
    ['a time', ({ predicate }: { predicate: Fields }) => (predicate.ended = '2027-01-01T00:00:00Z')],
    ['the place in the chain', ({ predicate }: { predicate: Fields }) => (predicate.index = 9)],
    ['the record before', ({ predicate }: { predicate: Fields }) => (predicate.previous = '0'.repeat(64))],
    [
      'the subject',
      ({ subject }: { subject: { digest: Fields }[] }) => {
        if (subject[0]) subject[0].digest = { gitCommit: first }
      },
    ],
  ]
  for (const [what, change] of fields) {
    it(`of a record: ${what}`, async () => {
      const report = await lab.verifyLines(changed(1, (line) => withStatement(line, change)))
      assert.equal(report.outcome, 'failed')
      assert.match(shortcomings(report, 'failed').join('\n'), /line 2: its signature is wrong/)
    })
  }

  const envelopes: [string, RegExp, (line: string) => string][] = [
    ['the payload type', /not written as/, (line) => line.replace('vnd.in-toto+json', 'json')],
    [
      'the payload',
      /signature is wrong|not canonical|not JSON|not written/,
      (line) => line.replace('"payload":"ey', '"payload":"eY'),
    ],
    [
      'the signature',
      /signature is wrong/,
      (line) => line.replace(/"sig":"./, ([...all]) => `"sig":"${all[7] === 'A' ? 'B' : 'A'}`),
    ],
    ['the signer', /another signer/, (line) => line.replace(/"keyid":"[^"]+"/, `"keyid":"${other.homeKey}"`)],
    [
      'a second signature',
      /not written as|one signature/,
      (line) => line.replace('"signatures":[', '"signatures":[{"keyid":"x","sig":""},'),
    ],
    ['a field more', /not written as/, (line) => line.replace(/}$/, ',"z":1}')],
  ]
  for (const [what, reason, change] of envelopes) {
    it(`of an envelope: ${what}`, async () => {
      const report = await lab.verifyLines(changed(2, change))
      assert.equal(report.outcome, 'failed')
      assert.match(shortcomings(report, 'failed').join('\n'), reason)
    })
  }

  it('of an envelope: signer and statement changed to another key, which signs', async () => {
    const key = SigningKey.generate()
    const resealed = sealedBy(key, lines.slice(0, -1))
    const all = await lab.verifyLines(resealed)
    assert.equal(all.outcome, 'unknown')
    assert.match(shortcomings(all, 'unknown').join('\n'), /home-key: nothing here says whose key signed/)
    const some = await lab.verifyLines(changed(3, () => resealed[3] ?? ''))
    assert.equal(some.outcome, 'failed')
    assert.match(shortcomings(some, 'failed').join('\n'), /chain: record 3 is missing/)
  })

  const orders: [string, RegExp, (all: string[]) => string[]][] = [
    ['a record removed in the middle', /record 2 is missing/, (all) => all.toSpliced(2, 1)],
    ['the first record removed', /record 0 is missing/, (all) => all.slice(1)],
    ['the last records removed', /records 4 to 5 are missing/, (all) => all.toSpliced(4, 2)],
    ['all records removed', /records 0 to 5 are missing/, (all) => all.slice(-1)],
    ['a line that is none', /line 3: not JSON/, (all) => all.toSpliced(2, 0, 'x')],
    ['the last line cut', /not JSON/, (all) => [...all.slice(0, -1), (all.at(-1) ?? '').slice(0, -9)]],
    ['nothing left', /holds no run record/, () => []],
  ]
  for (const [what, reason, change] of orders) {
    it(`of an export: ${what}`, async () => {
      const report = await lab.verifyLines(change(lines))
      assert.equal(report.outcome, 'failed')
      assert.match(shortcomings(report, 'failed').join('\n'), reason)
    })
  }

  it('of an export: the closing line removed, so that nothing says where it ends', async () => {
    const report = await lab.verifyLines(lines.slice(0, -1))
    assert.equal(report.outcome, 'unknown')
    assert.match(shortcomings(report, 'unknown').join('\n'), /nothing says where it ends/)
  })

  it('of an export: nothing by order or repetition, since a record knows its place', async () => {
    assert.equal((await lab.verifyLines(lines.toReversed())).outcome, 'established')
    assert.equal((await lab.verifyLines([...lines, ...lines])).outcome, 'established')
  })

  it('of a chain by the key itself: a fork, a skipped end, another run, a foreign beginning', async () => {
    const key = SigningKey.generate()
    const sealed: string[] = []
    const chain = (changes: ((predicate: Fields, hash: string) => void)[]) => {
      sealed.length = 0
      for (const [index, line] of lines.slice(0, 4).entries()) {
        const statement = statementOf(line)
        statement.predicate.home = key.did
        changes[index]?.(statement.predicate, '')
        sealed.push(seal(statement, key))
      }
      return lab.verifyLines(sealed)
    }
    const problems = async (changes: Parameters<typeof chain>[0]) =>
      shortcomings(await chain(changes), 'failed').join()
    const keep = () => {}
    assert.match(await problems([keep, keep]), /record 1 doesn't follow record 0/)
    assert.match(
      await problems([
        keep,
        (p) => {
          p.index = 0
        },
      ]),
      /the chain forks: there are two records 0/,
    )
    assert.match(
      await problems([
        (p) => {
          p.previous = '1'.repeat(64)
        },
      ]),
      /record 0 doesn't begin a chain/,
    )
  })

  it('of a chain: a record from another home that has an agent of that name', async () => {
    const twin = other.agent('aaaaaaaa', 'a1')
    await other.run(twin, () => {})
    const foreign = other.ledger(twin).lines
    const report = await lab.verifyLines([...lines.toSpliced(0, 2, ...foreign)])
    assert.equal(report.outcome, 'failed')
    assert.match(shortcomings(report, 'failed').join('\n'), /records 0 to 1 are missing/)
    assert.match(shortcomings(report, 'unknown').join('\n'), new RegExp(`whose key signed: ${other.homeKey}`))
  })

  describe('of the records in the home', () => {
    it('each byte of them, and a chain that was cut', async () => {
      const { file, text, lines: before } = lab.ledger(two)
      try {
        writeFileSync(file, `${before[0]}\n`)
        const cut = await lab.verify('b1')
        assert.equal(cut.outcome, 'failed')
        assert.match(
          shortcomings(cut, 'failed').join('\n'),
          /record 1, which the agent's state file names, is missing/,
        )
        renameSync(file, `${file}.away`)
        assert.match(
          shortcomings(await lab.verify('b1'), 'failed').join(),
          /records of b1 are gone: there were 2/,
        )
        renameSync(`${file}.away`, file)
        appendFileSync(file, 'x')
        writeFileSync(file, text.replace('"sig":"', '"sig":"A'))
        assert.equal((await lab.verify('b1')).outcome, 'failed')
      } finally {
        writeFileSync(file, text)
      }
      assert.equal((await lab.verify('b1')).outcome, 'established')
    })

    it('and says of an agent without a sandbox that it could have read the key', async () => {
      const free = lab.agent('dddddddd', 'd1')
      let name = ''
      await lab.run(
        free,
        () => {
          name = lab.commit(free, 'free')
        },
        false,
      )
      const report = await lab.verify(name, { repo: free.repo })
      assert.equal(report.outcome, 'unknown')
      assert.match(shortcomings(report, 'unknown').join(), /sandbox: it ran without isolation/)
    })
  })

  it('wherever a byte of an exported file is changed, removed or added', async () => {
    const file = Buffer.from(`${(await lab.exported('b1')).join('\n')}\n`)
    const fails = async (bytes: Buffer) => {
      const { outcome } = await lab.verifyLines(bytes.toString('latin1'))
      assert.equal(outcome, 'failed')
    }
    await fc.assert(
      fc.asyncProperty(fc.nat(file.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const bytes = Buffer.from(file)
        bytes[at] = (bytes[at] ?? 0) ^ flip
        await fails(bytes)
      }),
      { numRuns: 120 },
    )
    await fc.assert(
      fc.asyncProperty(fc.nat(file.length - 1), fc.nat(255), async (at, byte) => {
        await fails(Buffer.concat([file.subarray(0, at), file.subarray(at + 1)]))
        await fails(Buffer.concat([file.subarray(0, at), Buffer.from([byte]), file.subarray(at)]))
      }),
      { numRuns: 25 },
    )
  })
})
