import assert from 'node:assert/strict'
import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { signatureHeaders } from '../../plugins/gitlawb/src/http-signature.ts'
import { proofOfWork } from '../../plugins/gitlawb/src/icaptcha/proof-of-work.ts'
import { solve } from '../../plugins/gitlawb/src/icaptcha/solve.ts'
import { KeyPair } from '../../plugins/gitlawb/src/key-pair.ts'
import { allowedSignersLine, encodePrivateKey, publicLine } from '../../plugins/gitlawb/src/openssh.ts'
import { decodeIdentity, encodeIdentity } from '../../plugins/gitlawb/src/pkcs8.ts'

// biome-ignore lint/suspicious/noExplicitAny: vectors of the real binary, read as they are
const vectors: any = JSON.parse(
  readFileSync(join(import.meta.dirname, '../fixtures/gitlawb-vectors.json'), 'utf8'),
)
const keys = new Map<string, KeyPair>(
  // biome-ignore lint/suspicious/noExplicitAny: see above
  vectors.identities.map(({ name, seedHex }: any) => [name, new KeyPair(Buffer.from(seedHex, 'hex'))]),
)
const keyOf = (name: string) => keys.get(name) ?? assert.fail(name)

describe('the gitlawb identity', () => {
  for (const identity of vectors.identities) {
    it(`has the DID and the files that gl gives the key '${identity.name}'`, () => {
      const key = keyOf(identity.name)
      assert.equal(key.publicKey.toString('hex'), identity.publicKeyHex)
      assert.equal(key.did, identity.did)
      assert.equal(encodeIdentity(key), identity.files['identity.pem'].text)
      if (!identity.openssh) return
      assert.equal(`${publicLine(key.publicKey)} ${key.did}`, identity.openssh.publicLine)
      assert.equal(allowedSignersLine(key.did), identity.openssh.allowedSignersLine)
      if (identity.openssh.privateKeyFile)
        assert.equal(encodePrivateKey(key), identity.openssh.privateKeyFile.text)
    })

    it(`reads the key '${identity.name}' in both versions, also with CRLF and without a last newline`, () => {
      const text: string = identity.files['identity.pem'].text
      const v1: string = identity.pkcs8?.v1Pem ?? text
      for (const form of [text, v1, text.replaceAll('\n', '\r\n'), text.trimEnd()]) {
        assert.equal(decodeIdentity(form).did, identity.did)
      }
    })

    it(`signs with the key '${identity.name}' as node:crypto does`, () => {
      const key = keyOf(identity.name)
      const v1 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), key.seed])
      const other = createPrivateKey({ key: v1, format: 'der', type: 'pkcs8' })
      const message = Buffer.from('a message')
      assert.deepEqual(key.sign(message), sign(null, message, other))
      assert.ok(verify(null, message, createPublicKey(other), key.sign(message)))
    })
  }

  it('refuses a key whose halves differ, a long line, and what is no key', () => {
    const text: string = vectors.identities[0].files['identity.pem'].text
    const der = Buffer.from(vectors.identities[0].pkcs8.v2DerHex, 'hex')
    der[der.length - 1] = (der.at(-1) ?? 0) ^ 1
    const base64 = der.toString('base64')
    const forged = `-----BEGIN PRIVATE KEY-----\n${base64.slice(0, 64)}\n${base64.slice(64)}\n-----END PRIVATE KEY-----\n`
    assert.throws(() => decodeIdentity(forged), /public key is not that of its private key/)
    assert.throws(() => decodeIdentity(text.replace(/(.{64})\n(.)/, '$1$2\n')), /not a PEM file/)
    assert.throws(
      () => decodeIdentity('-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n'),
      /not an Ed25519/,
    )
    assert.throws(() => decodeIdentity(''), /not a PEM file/)
  })

  for (const vector of vectors.httpSignature) {
    it(`signs the request '${vector.name}' byte for byte`, () => {
      const { method, path, bodyUtf8: body, created, headers } = vector
      assert.deepEqual(signatureHeaders(keyOf(vector.identity), { method, path, body, created }), headers)
    })
  }

  for (const { type, prompt, answer } of vectors.icaptcha.solver) {
    it(`answers the ${type} challenge '${prompt}'`, () => {
      assert.equal(solve(type, prompt) ?? null, answer)
    })
  }

  it('solves what else the service may ask, and no more than that', () => {
    assert.equal(solve('algebra', 'Solve for x: 2x + 16 = 5x - 8'), '8')
    assert.equal(solve('sequence', 'What is the next number in this sequence? 3, 6, 12, 24, ?'), '48')
    assert.equal(solve('sequence', 'What is the next number in this sequence? 1, 1, 2, 3, 5, ?'), '8')
    assert.equal(solve('sequence', 'What is the next number in this sequence? 1, 7, 2, 9, ?'), undefined)
    assert.equal(solve('algebra', 'Solve for x: 2x = 3'), undefined)
    assert.equal(solve('logic', 'Is it?'), undefined)
    assert.equal(solve('toString', 'Is it?'), undefined)
  })

  it('refuses at once what would take for ever to look at', () => {
    const before = process.cpuUsage()
    assert.equal(solve('algebra', `Solve for x: ${'1'.repeat(60)}! = 3`), undefined)
    assert.equal(solve('algebra', `Solve for x: ${'('.repeat(100_000)}x = 3`), undefined)
    assert.ok(process.cpuUsage(before).user < 1_000_000, 'it takes a second')
  })

  for (const { challenge, difficulty, nonce } of vectors.icaptcha.pow) {
    it(`finds the proof of work for '${challenge}'`, async () => {
      assert.equal(await proofOfWork({ challenge, difficulty }, AbortSignal.timeout(20_000)), nonce)
    })
  }

  it('gives up a proof of work in time, and one that is out of reach at once', async () => {
    const started = Date.now()
    await assert.rejects(proofOfWork({ challenge: 'x', difficulty: 26 }, AbortSignal.timeout(100)))
    assert.ok(Date.now() - started < 10_000)
    await assert.rejects(proofOfWork({ challenge: 'x', difficulty: 60 }, AbortSignal.timeout(100)), /60 bits/)
  })
})
