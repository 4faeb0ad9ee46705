import assert from 'node:assert/strict'
import { createDecipheriv, scryptSync } from 'node:crypto'
import { openBackup, sealBackup } from '../../src/agents/identity/backup-format.ts'

const SECRET = {
  did: 'did:key:z6MkehRgf7yJbgaGfYsdoAsKdBPE3dj2CYhowQdcjqSJgvVd',
  name: 'a1',
  key: 'the key\n',
}

describe('a backup of an identity', function () {
  this.timeout(20_000)
  const cheap = { n: 1024, r: 8, p: 1 }
  const text = sealBackup(SECRET, 'correct horse', cheap)
  const parsed = JSON.parse(text)

  it('opens by its passphrase, however that was typed, and holds the key nowhere in plain', () => {
    assert.deepEqual(openBackup(text, 'correct horse'), SECRET)
    assert.deepEqual(openBackup(sealBackup(SECRET, 'caf\u00e9', cheap), 'cafe\u0301'), SECRET)
    assert.ok(
      !text.includes('the key') && !text.includes(Buffer.from('the key').toString('base64').slice(0, 8)),
    )
  })

  it('opens as the documentation says, without agentvm', () => {
    const { cipher, ciphertext, ...open } = JSON.parse(sealBackup(SECRET, 'correct horse'))
    const salt = Buffer.from(open.kdf.salt, 'base64')
    const key = scryptSync('correct horse', salt, 32, { N: 131072, r: 8, p: 1, maxmem: 2 ** 29 })
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(cipher.nonce, 'base64'))
    decipher.setAAD(Buffer.from(JSON.stringify(open)))
    decipher.setAuthTag(Buffer.from(cipher.tag, 'base64'))
    assert.equal(decipher.update(ciphertext, 'base64', 'utf8') + decipher.final('utf8'), SECRET.key)
  })

  it('does not open where any part of it was changed', () => {
    const other = sealBackup(SECRET, 'correct horse', cheap)
    const changes: Record<string, object> = {
      did: { did: `${SECRET.did}x` },
      name: { name: 'b1' },
      time: { created_at: '2020-01-01T00:00:00.000Z' },
      salt: { kdf: JSON.parse(other).kdf },
      cost: { kdf: { ...parsed.kdf, n: 2048 } },
      nonce: { cipher: { ...parsed.cipher, nonce: JSON.parse(other).cipher.nonce } },
      tag: { cipher: { ...parsed.cipher, tag: JSON.parse(other).cipher.tag } },
      'a short tag': { cipher: { ...parsed.cipher, tag: 'AAAA' } },
      ciphertext: { ciphertext: JSON.parse(other).ciphertext },
    }
    for (const [what, change] of Object.entries(changes)) {
      const changed = JSON.stringify({ ...parsed, ...change })
      assert.throws(() => openBackup(changed, 'correct horse'), /was changed|no backup/, what)
    }
  })

  it('is refused before it costs anything where it is no backup, or asks for too much memory', () => {
    for (const change of [{ version: 2 }, { more: 1 }, { kdf: { ...parsed.kdf, n: 2 ** 30 } }]) {
      assert.throws(() => openBackup(JSON.stringify({ ...parsed, ...change }), 'x'), /no backup/)
    }
    assert.throws(() => openBackup('x'.repeat(100_000), 'x'), /no backup/)
    const greedy = { ...parsed, kdf: { ...parsed.kdf, n: 1_048_576, r: 32 } }
    assert.throws(() => openBackup(JSON.stringify(greedy), 'x'), /was changed/)
  })
})
