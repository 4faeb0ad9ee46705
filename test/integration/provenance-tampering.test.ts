import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { appendFileSync, cpSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { SigningKey } from '../../src/provenance/ed25519.ts'
import { seal } from '../../src/provenance/envelope.ts'
import { git } from '../support/git.ts'
import { type LabAgent, ProvenanceLab, shortcomings } from '../support/provenance.ts'

type Fields = Record<string, unknown>

/** The statement in a line, changed, and put back without a new signature. */
function withStatement(line: string, change: (statement: never) => void): string {
  const envelope = JSON.parse(line)
  const statement = JSON.parse(Buffer.from(envelope.payload, 'base64').toString())
  change(statement as never)
  envelope.payload = Buffer.from(sorted(statement)).toString('base64')
  return sorted(envelope)
}

/** JSON with sorted keys: as a forger would write it who knows how we do. */
function sorted(value: unknown): string {
  return JSON.stringify(value, (_, each) =>
    each && typeof each === 'object' && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  )
}

function statementOf(line: string): { predicate: Fields } & Fields {
  return JSON.parse(Buffer.from(JSON.parse(line).payload, 'base64').toString())
}

/** Records as a forger would make them of real ones: whole, but signed by a key of its own. */
function sealedBy(key: SigningKey, lines: readonly string[]): string[] {
  let previous: string | null = null
  return lines.map((line) => {
    const statement = statementOf(line)
    const sealed = seal({ ...statement, predicate: { ...statement.predicate, home: key.did, previous } }, key)
    const { payload } = JSON.parse(sealed)
    previous = createHash('sha256').update(Buffer.from(payload, 'base64')).digest('hex')
    return sealed
  })
}

describe('verify finds tampering', function () {
  this.timeout(60_000)
  let lab: ProvenanceLab
  let other: ProvenanceLab
  let one: LabAgent
  let two: LabAgent
  let first: string
  let second: string
  let lines: string[]

  before(async () => {
    lab = new ProvenanceLab()
    one = lab.agent('aaaaaaaa', 'a1')
    two = lab.agent('bbbbbbbb', 'b1')
    await lab.run(one, () => {
      first = lab.commit(one, 'first')
      second = lab.commit(one, 'second')
    })
    await lab.run(one, () => {})
    await lab.run(one, () => lab.commit(one, 'third'))
    await lab.run(two, () => lab.commit(two, 'elsewhere'))
    lines = await lab.exported('a1')
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

  describe('of a commit', () => {
    const verdict = async (name: string) => {
      const report = await lab.verify(name, { repo: one.repo })
      return {
        outcome: report.outcome,
        failed: shortcomings(report, 'failed').join('\n'),
        unknown: shortcomings(report, 'unknown').join('\n'),
      }
    }
    const edit = (change: (text: string) => string) =>
      lab.forge(one.repo, change(lab.raw(one.repo, second).toString('latin1')))

    const edits: [string, RegExp, (text: string) => string][] = [
      ['message', /signature is wrong/, (text) => text.replace(/second\n$/, 'Second\n')],
      [
        'tree',
        /signature is wrong/,
        (text) => text.replace(/^tree .*$/m, `tree ${git(one.repo, 'rev-parse', `${first}^{tree}`)}`),
      ],
      ['parent', /signature is wrong/, (text) => text.replace(/^parent .*\n/m, '')],
      ['author', /signature is wrong/, (text) => text.replace('author a1', 'author a2')],
      ['committer', /signature is wrong/, (text) => text.replace('committer a1', 'committer a2')],
      ['a header more', /signature is wrong/, (text) => text.replace('\ncommitter', '\nx y\ncommitter')],
      ['signature cut', /form is damaged|not an SSH|base64/, (text) => text.replace(/\n .{70}\n/, '\n')],
    ]
    for (const [what, reason, change] of edits) {
      it(`changed: ${what}`, async () => {
        const { outcome, failed, unknown } = await verdict(edit(change))
        assert.equal(outcome, 'failed')
        assert.match(failed, reason)
        assert.match(unknown, /run: /)
      })
    }

    const unsigned = (text: string) => text.replace(/gpgsig (.*\n)( .*\n)*/, '')
    const signedBy = (text: string, signature: string) =>
      text.replace('\n\n', `\ngpgsig ${signature.trimEnd().replaceAll('\n', '\n ')}\n\n`)

    it('with its signature stripped', async () => {
      const { outcome, unknown } = await verdict(edit(unsigned))
      assert.equal(outcome, 'unknown')
      assert.match(unknown, /signature: it is not signed/)
    })

    it('signed anew by another agent, in the name of the first', async () => {
      const { outcome, failed } = await verdict(
        edit((text) => signedBy(unsigned(text), lab.sign(two, unsigned(text)))),
      )
      assert.equal(outcome, 'failed')
      assert.match(failed, /author: the author is did:key:.*not the signer/)
    })

    it('signed by the author while another agent is the committer', async () => {
      const text = unsigned(lab.raw(one.repo, second).toString()).replace(
        `committer a1 <${one.key.did}`,
        `committer b1 <${two.key.did}`,
      )
      const { outcome, failed } = await verdict(lab.forge(one.repo, signedBy(text, lab.sign(one, text))))
      assert.equal(outcome, 'failed')
      assert.match(failed, /author: the committer is did:key:/)
    })

    it('signed for another purpose, and with the signature of another commit', async () => {
      const purpose = await verdict(
        edit((text) => signedBy(unsigned(text), lab.sign(one, unsigned(text), 'file'))),
      )
      assert.match(purpose.failed, /made for something else than a commit/)
      const [signature = ''] = /gpgsig (.*\n)( .*\n)*/.exec(lab.raw(one.repo, first).toString()) ?? []
      const moved = await verdict(edit((text) => text.replace(/gpgsig (.*\n)( .*\n)*/, () => signature)))
      assert.match(moved.failed, /signature is wrong/)
    })

    it('whose object is another than its name says', async () => {
      const victim = edit((text) => text.replace(/second\n$/, 'victim\n'))
      const place = (name: string) => join(one.repo, '.git/objects', name.slice(0, 2), name.slice(2))
      rmSync(place(victim))
      cpSync(place(second), place(victim))
      const { outcome } = await verdict(victim).catch(() => ({ outcome: 'failed' }))
      assert.equal(outcome, 'failed')
    })

    it('that the agent signed, but in no run that is on record', async () => {
      const name = lab.commit(one, 'later')
      git(one.repo, 'reset', '-q', '--hard', 'HEAD~1')
      const { outcome, unknown } = await verdict(name)
      assert.equal(outcome, 'unknown')
      assert.match(unknown, /run: signed by the DID of a1 \(aaaaaaaa\), but none of its runs came to it/)
    })

    it('that came with a run of another agent', async () => {
      const three = lab.agent('cccccccc', 'c1')
      await lab.run(three, () => git(three.repo, 'pull', '-q', one.repo, 'HEAD'))
      const elsewhere = await lab.verifyElsewhere('HEAD', {
        repo: three.repo,
        records: [await recordsOf('c1')],
      })
      assert.equal(elsewhere.outcome, 'unknown')
      assert.match(
        shortcomings(elsewhere, 'unknown').join('\n'),
        /it came with a run of c1 .*whose DID is another/,
      )
    })
  })

  const recordsOf = async (name: string) => {
    const file = join(lab.folder, `${name}.jsonl`)
    writeFileSync(file, (await lab.exported(name)).map((line) => `${line}\n`).join(''))
    return file
  }

  describe('of notes', () => {
    let clone: string
    beforeEach(async () => {
      clone = join(lab.folder, 'clone')
      git(lab.folder, 'clone', '-q', one.repo, clone)
      await lab.exportNotes(clone, 'a1')
    })
    afterEach(() => rmSync(clone, { recursive: true, force: true }))
    const notes = (...args: string[]) => git(clone, 'notes', '--ref', 'agentvm', ...args)

    it('only where there is some: a clone with its notes needs no home', async () => {
      const report = await lab.verifyElsewhere('HEAD~2..HEAD', { repo: clone })
      assert.deepEqual([report.outcome, report.results.length], ['established', 2])
      const untrusted = await lab.verifyElsewhere('HEAD', { repo: clone, homeKeys: [] })
      assert.equal(untrusted.outcome, 'unknown')
      for (let again = 0; again < 3; again += 1) await lab.exportNotes(clone, 'a1')
      assert.equal((await lab.verifyElsewhere('HEAD', { repo: clone })).outcome, 'established')
      assert.equal(notes('show', 'HEAD').split('\n').length, 3)
    })

    it('moved to another commit: that one is made by nobody, and its own no less', async () => {
      git(clone, 'commit', '-q', '--allow-empty', '-m', 'by a person')
      notes('copy', 'HEAD~1', 'HEAD')
      notes('remove', 'HEAD~1')
      const report = await lab.verifyElsewhere('HEAD', { repo: clone })
      assert.equal(report.outcome, 'unknown')
      assert.match(shortcomings(report, 'unknown').join('\n'), /run: no record that is here knows it/)
      assert.equal((await lab.verifyElsewhere('HEAD~1', { repo: clone })).outcome, 'established')
    })

    it('removed, changed, or forged by an agent that has a key of its own', async () => {
      notes('remove', second)
      const removed = await lab.verifyElsewhere('HEAD', { repo: clone })
      assert.match(shortcomings(removed, 'failed').join('\n'), /chain: records 0 to 3 are missing/)
      notes(
        'add',
        '-f',
        '-m',
        withStatement(lines[1] ?? '', ({ predicate }: { predicate: Fields }) => {
          predicate.index = 0
        }),
        second,
      )
      const bad = await lab.verifyElsewhere('HEAD', { repo: clone })
      assert.match(shortcomings(bad, 'failed').join('\n'), /note on \w+, line 1: its signature is wrong/)
      const forger = SigningKey.generate()
      const forged = sealedBy(forger, lines.slice(0, 2))
      git(clone, 'update-ref', '-d', 'refs/notes/agentvm')
      notes('add', '-m', forged.join('\n'), second)
      const report = await lab.verifyElsewhere(second, { repo: clone })
      assert.equal(report.outcome, 'unknown')
      assert.match(shortcomings(report, 'unknown').join('\n'), /home-key: nothing here says whose key signed/)
    })

    it('is told apart from a record in the workspace, which an agent can write', async () => {
      writeFileSync(join(clone, 'records.intoto.jsonl'), 'forged\n')
      assert.equal((await lab.verifyElsewhere('HEAD', { repo: clone })).outcome, 'established')
      await assert.rejects(
        lab.verifyElsewhere('HEAD', { repo: clone, records: [join(clone, 'missing')] }),
        /there is no file/,
      )
    })
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
