import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto'
import { defineIdentity, didKeyOf, type IdentitySubject, type ProvisionedIdentity } from '@agentvm/sdk'
import { giveKey, pemOf, readKey, removeKey } from './key-file.ts'

/**
 * Gives each agent an Ed25519 key of its own, named by a did:key. agentvm signs the agent's commits with it, on the
 * host: the agent never sees the key. No network is asked: where there is one to tell, `register` does.
 */
export default defineIdentity({
  id: 'template-name',
  label: 'Template Name',

  // At each start, before the sandbox: a key that is there stays.
  async provision(agent) {
    return stateOf(readKey(agent) ?? giveKey(agent))
  },

  // After a rename it is the same agent; a clone is another.
  async adopt(agent, why) {
    return stateOf(why === 'clone' ? giveKey(agent) : keyOf(agent))
  },

  gitConfig(agent) {
    const raw = publicKey(keyOf(agent))
    const email = { key: 'user.email', value: `${didKeyOf(raw)}@template-name` }
    // In the mode `file` git would need the private key in the agent's home: this provider puts it nowhere but in `keys`.
    if (agent.mode === 'file') return [email]
    return [
      email,
      { key: 'user.signingkey', value: `key::ssh-ed25519 ${sshKey(raw)}` },
      { key: 'gpg.format', value: 'ssh' },
      { key: 'commit.gpgsign', value: 'true' },
    ]
  },

  env: () => ({}),

  async register(agent) {
    return stateOf(keyOf(agent))
  },

  async rotate(agent) {
    return stateOf(giveKey(agent))
  },

  async importKey(agent, text) {
    const key = createPrivateKey(text)
    if (key.asymmetricKeyType !== 'ed25519') throw new Error('that is no Ed25519 key')
    return stateOf(giveKey(agent, key))
  },

  async exportKey(agent) {
    return pemOf(keyOf(agent))
  },

  async document(agent) {
    const id = didKeyOf(publicKey(keyOf(agent)))
    const method = `${id}#${id.slice('did:key:'.length)}`
    return { '@context': 'https://www.w3.org/ns/did/v1', id, assertionMethod: [method] }
  },

  async sign(agent, message) {
    return sign(null, message, keyOf(agent))
  },

  async revoke(agent) {
    removeKey(agent)
    return undefined
  },
})

function keyOf(agent: IdentitySubject): KeyObject {
  const key = readKey(agent)
  if (!key) throw new Error(`agent '${agent.name}' has no key`)
  return key
}

/** A did:key holds its own key: there is nobody who has to know it. */
function stateOf(key: KeyObject): ProvisionedIdentity {
  return { did: didKeyOf(publicKey(key)), registered: true }
}

/** The raw public key, 32 bytes. */
function publicKey(key: KeyObject): Buffer {
  return Buffer.from(createPublicKey(key).export({ format: 'jwk' }).x ?? '', 'base64url')
}

/** A public key as OpenSSH writes it: each part after its length in four bytes. */
function sshKey(raw: Buffer): string {
  const parts = [Buffer.from('ssh-ed25519'), raw].flatMap((part) => [Buffer.of(0, 0, 0, part.length), part])
  return Buffer.concat(parts).toString('base64')
}
