import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { checkSignature } from '../../src/provenance/check-signature.ts'
import { commitName, readCommit } from '../../src/provenance/commit-object.ts'
import { SigningKey } from '../../src/provenance/ed25519.ts'
import { seal } from '../../src/provenance/envelope.ts'
import { linesOf, RecordSet } from '../../src/provenance/record-set.ts'
import { CommitVerifier, verifyChain, verifyRecords } from '../../src/provenance/verify.ts'
import { type Damage, damage } from '../support/damage.ts'
import { sealedBy, statementOf, TamperedLab } from '../support/forgery.ts'
import { check, fuzzing, nasty, nastyWith } from '../support/fuzz.ts'

describe('records of runs that may hold anything', function () {
  this.timeout(120_000)
  const key = SigningKey.generate()
  const lab = new TamperedLab()
  let raw: Buffer
  before(async () => {
    await lab.work()
    raw = execFileSync('git', ['-C', lab.one.repo, 'cat-file', 'commit', lab.first])
  })
  after(() => lab.remove())

  it('are records only as they were signed, whatever becomes of their file', () => {
    const holds = ({ of }: Damage) => {
      const lines = linesOf(of(Buffer.from(`${lab.lines.join('\n')}\n`)).toString('utf8'))
      const set = new RecordSet()
      set.add(lines, 'here')
      for (const chain of set.chains.values()) {
        for (const { line } of chain.records.values())
          assert.ok(lab.lines.includes(line), 'nobody signed that')
        const { outcome } = verifyChain(chain, new Map([[lab.homeKey, 'me']]))
        if (chain.closes.length > 0 && chain.records.size < lab.lines.length - 1)
          assert.equal(outcome, 'failed')
      }
      verifyRecords(set, 'here')
    }
    fc.assert(fc.property(damage, holds), fuzzing(60))
  })

  it('that are well signed, and say anything, are read or refused in words, and checked', async () => {
    const value = fc.oneof(
      fc.jsonValue(),
      nasty.map((text) => text.toWellFormed()),
      fc.constantFrom(-1, 1e9, '', null, lab.homeKey),
    )
    const changes = fc.array(fc.tuple(fc.nat(), value), { minLength: 1, maxLength: 3 })
    await fc.assert(
      fc.asyncProperty(changes, fc.nat({ max: 3 }), async (changed, from) => {
        const forged = sealedBy(key, lab.lines.slice(from)).map((line) => {
          const statement = statementOf(line)
          for (const [which, other] of changed) setValue(statement, which, structuredClone(other))
          return seal(statement, key)
        })
        const set = new RecordSet()
        const records = set.add(forged, 'here')
        assert.ok(records <= forged.length && set.problems.length <= forged.length)
        for (const chain of set.chains.values())
          verifyChain(chain, new Map([[key.did, 'me']]), { index: 0, hash: '' })
        const verifier = new CommitVerifier(set, new Map(), async () => true)
        const verified = await verifier.verify(commitName(raw, 40), raw)
        assert.notEqual(verified.checks.find(({ check }) => check === 'home-key')?.outcome, 'established')
      }),
      fuzzing(100),
    )
  })

  it('are commits of whoever signed them, whatever bytes they have', () => {
    const { signer } = checkSignature(readCommit(raw))
    assert.equal(signer, lab.one.record.did)
    check(damage, ({ of }) => {
      const changed = of(raw)
      const commit = readCommit(changed)
      if (checkSignature(commit).signer === signer) assert.ok(commit.signed.equals(readCommit(raw).signed))
    })
    const text = nastyWith(
      'tree ',
      'author A <a@b> 1 +0000\n',
      'gpgsig ',
      'gpgsig-sha256 ',
      '-----BEGIN SSH SIGNATURE-----\n',
      ' ',
      '\n',
      'U1NIU0lH',
      '<',
      '>',
    )
    check(fc.tuple(text, fc.constantFrom(40, 64)), ([commit, digits]) => {
      assert.equal(checkSignature(readCommit(Buffer.from(commit), digits)).signer, undefined)
    })
  })
})

/** Puts another value in the place of one of those within. */
function setValue(root: object, which: number, value: unknown): void {
  const places: [Record<string, unknown>, string][] = []
  const walk = (at: Record<string, unknown>) => {
    for (const [name, inner] of Object.entries(at)) {
      places.push([at, name])
      if (typeof inner === 'object' && inner !== null) walk(inner as Record<string, unknown>)
    }
  }
  walk(root as Record<string, unknown>)
  const [holder, name] = places[which % places.length] ?? []
  if (holder && name !== undefined) holder[name] = value
}
