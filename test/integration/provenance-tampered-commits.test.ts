import assert from 'node:assert/strict'
import { cpSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SigningKey } from '../../src/provenance/ed25519.ts'
import { type Fields, sealedBy, TamperedLab, withStatement } from '../support/forgery.ts'
import { git } from '../support/git.ts'
import { type LabAgent, shortcomings } from '../support/provenance.ts'

describe('verify finds tampering with commits and notes', function () {
  this.timeout(240_000)
  let lab: TamperedLab
  let one: LabAgent
  let two: LabAgent
  let first: string
  let second: string
  let lines: string[]

  before(async () => {
    lab = new TamperedLab()
    await lab.work()
    ;({ one, two, first, second, lines } = lab)
  })
  after(() => lab.remove())

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
})
