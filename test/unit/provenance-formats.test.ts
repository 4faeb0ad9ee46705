import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { didKeyOf, publicKeyOf } from '@agentvm/sdk'
import fc from 'fast-check'
import { KeyPair } from '../../plugins/gitlawb/src/key-pair.ts'
import { canonicalJson } from '../../src/provenance/canonical-json.ts'
import { commitName, readCommit } from '../../src/provenance/commit-object.ts'
import { isSignedBy, publicPem, SigningKey } from '../../src/provenance/ed25519.ts'
import { isSealed, preAuthentication, readEnvelope, seal } from '../../src/provenance/envelope.ts'
import { isSshSigned, readSshSignature } from '../../src/provenance/ssh-signature.ts'
import { fuzzing } from '../support/fuzz.ts'
import { git } from '../support/git.ts'
import { type LabAgent, ProvenanceLab } from '../support/provenance.ts'

describe('canonical JSON', () => {
  it('is what RFC 8785 shows', () => {
    const value = JSON.parse(
      '{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/","literals":[null,true,false]}',
    )
    assert.equal(
      canonicalJson(value),
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    )
    const keys = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\u{1f600}': 5, '\u0080': 6, ö: 7 }
    const order = [...canonicalJson(keys).matchAll(/:(\d)/g)].map(([, digit]) => digit).join('')
    assert.equal(order, '2467153')
  })

  it('is one text for one value, and refuses what JSON can not hold', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 2 }), (value) => {
        const text = canonicalJson(JSON.parse(JSON.stringify(value)))
        assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)))
        assert.equal(canonicalJson(JSON.parse(text)), text)
      }),
      fuzzing(30),
    )
    for (const wrong of [
      Number.NaN,
      Number.POSITIVE_INFINITY,
      undefined,
      '\ud800',
      { '\ud800': 1 },
      () => 1,
    ]) {
      assert.throws(() => canonicalJson(wrong), TypeError)
    }
  })
})

describe('a did:key', () => {
  it('gives back the key that it was made of, in no other spelling', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (key) => {
        assert.deepEqual(publicKeyOf(didKeyOf(key)), Buffer.from(key))
      }),
      fuzzing(100),
    )
    const did = 'did:key:z6MkehRgf7yJbgaGfYsdoAsKdBPE3dj2CYhowQdcjqSJgvVd'
    assert.ok(publicKeyOf(did))
    for (const wrong of [
      `${did} `,
      `${did}1`,
      did.replace('z6Mk', 'z16Mk'),
      did.slice(0, -1),
      'did:web:x',
      '',
    ]) {
      assert.equal(publicKeyOf(wrong), undefined, wrong)
    }
  })
})

describe('an envelope', () => {
  const pair = KeyPair.generate()
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), pair.seed])
  const key = SigningKey.fromPem(
    `-----BEGIN PRIVATE KEY-----\n${der.toString('base64')}\n-----END PRIVATE KEY-----\n`,
  )

  it('is signed as DSSE says, which another implementation agrees with', () => {
    const line = seal({ a: 1 }, key)
    const { payload, signatures } = JSON.parse(line)
    assert.deepEqual(JSON.parse(Buffer.from(payload, 'base64').toString()), { a: 1 })
    const signed = Buffer.from(`DSSEv1 28 application/vnd.in-toto+json 7 {"a":1}`)
    assert.deepEqual(preAuthentication(Buffer.from('{"a":1}')), signed)
    const signature = Buffer.from(signatures[0].sig, 'base64')
    const publicKey = publicKeyOf(key.did) ?? Buffer.alloc(0)
    assert.equal(key.did, pair.did)
    assert.deepEqual(pair.sign(signed), signature)
    assert.ok(isSignedBy(publicKey, signed, signature))
    assert.match(publicPem(publicKey), /^-----BEGIN PUBLIC KEY-----/)
  })

  it('is read back, and is none in any other spelling', () => {
    const line = seal({ a: 1 }, key)
    const envelope = readEnvelope(line)
    assert.ok(typeof envelope !== 'string' && isSealed(envelope))
    for (const other of [
      ` ${line}`,
      JSON.stringify(JSON.parse(line), null, 1),
      line.replace('"}]', '","x":1}]'),
      '',
    ]) {
      assert.equal(typeof readEnvelope(other), 'string', other)
    }
  })
})

describe('signatures of commits', function () {
  this.timeout(20_000)
  let lab: ProvenanceLab
  let agent: LabAgent
  before(() => {
    lab = new ProvenanceLab()
    agent = lab.agent('aaaaaaaa', 'a1')
  })
  after(() => lab.remove())

  it('are good where git and ssh-keygen find them good, with both hashes', () => {
    const name = lab.commit(agent, 'first')
    const signers = join(lab.folder, 'aaaaaaaa.signers')
    git(agent.repo, '-c', `gpg.ssh.allowedSignersFile=${signers}`, 'verify-commit', name)
    const raw = lab.raw(agent.repo, name)
    assert.equal(commitName(raw, 40), name)
    const commit = readCommit(raw)
    assert.equal(commit.author?.email, `${agent.key.did}@gitlawb`)
    const signature = readSshSignature(commit.signature ?? '')
    assert.ok(typeof signature !== 'string' && isSshSigned(signature, commit.signed))
    assert.equal(didKeyOf(signature.publicKey), agent.key.did)
    for (const hash of ['sha256', 'sha512']) {
      const armour = lab.sign(agent, commit.signed, 'git', hash)
      const read = readSshSignature(armour)
      assert.ok(typeof read !== 'string' && read.hash === hash && isSshSigned(read, commit.signed))
      writeFileSync(join(lab.folder, 'sig'), armour)
      const argv = ['-Y', 'verify', '-n', 'git', '-I', `${agent.key.did}@gitlawb`, '-f', signers]
      execFileSync('ssh-keygen', [...argv, '-s', join(lab.folder, 'sig')], { input: commit.signed })
    }
  })

  it('of another namespace, message or key are told apart, and damage is named', () => {
    const armour = lab.sign(agent, 'message', 'file')
    const read = readSshSignature(armour)
    assert.ok(typeof read !== 'string' && read.namespace === 'file')
    assert.ok(isSshSigned(read, Buffer.from('message')))
    assert.ok(!isSshSigned(read, Buffer.from('messagE')))
    assert.ok(!isSshSigned({ ...read, namespace: 'git' }, Buffer.from('message')))
    const rsa = join(lab.folder, 'rsa')
    spawnSync('ssh-keygen', ['-q', '-t', 'ecdsa', '-N', '', '-f', rsa])
    const other = execFileSync('ssh-keygen', ['-Y', 'sign', '-q', '-n', 'git', '-f', rsa], {
      input: 'x',
      stdio: ['pipe', 'pipe', 'ignore'],
    }).toString()
    assert.match(String(readSshSignature(other)), /ecdsa/)
  })

  it('are never read out of what is no signature', () => {
    const lines = lab.sign(agent, 'x').trimEnd().split('\n')
    const blob = Buffer.from(lines.slice(1, -1).join(''), 'base64')
    const armour = (bytes: Buffer) => `${lines[0]}\n${bytes.toString('base64')}\n${lines.at(-1)}\n`
    assert.notEqual(typeof readSshSignature(armour(blob)), 'string')
    fc.assert(
      fc.property(fc.nat(blob.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = Buffer.from(blob)
        changed[at] = (changed[at] ?? 0) ^ flip
        const read = readSshSignature(armour(changed))
        assert.ok(typeof read === 'string' || !isSshSigned(read, Buffer.from('x')))
      }),
      fuzzing(300),
    )
    for (let length = 0; length < blob.length; length += 7) {
      assert.equal(typeof readSshSignature(armour(blob.subarray(0, length))), 'string')
    }
    assert.equal(typeof readSshSignature(armour(Buffer.concat([blob, Buffer.from([0])]))), 'string')
  })
})
