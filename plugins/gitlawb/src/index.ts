import { defineIdentity, type IdentitySubject, type ProvisionedIdentity } from '@agentvm/sdk'
import {
  FOLDER,
  homeFiles,
  hostFiles,
  installAtHome,
  readKey,
  removeFromHome,
  SSH_KEY,
} from './agent-files.ts'
import { didDocument } from './did-document.ts'
import { KEY, TOKEN } from './identity-files.ts'
import { KeyPair } from './key-pair.ts'
import { nodeUrl } from './node-url.ts'
import { publicLine } from './openssh.ts'
import { decodeIdentity, encodeIdentity } from './pkcs8.ts'
import { RefusedError, register } from './register.ts'
import { signOff } from './sign-off.ts'

/** The longest that a node may take to take note that a key has ended, milliseconds. */
const SIGN_OFF_WITHIN_MS = 4_000

/** Gives each agent a gitlawb DID: an Ed25519 key that `gl` reads, known to a node, with which its commits are signed. The provider to read for who writes one. */
export default defineIdentity({
  id: 'gitlawb',
  label: 'gitlawb',

  async provision(agent) {
    let key = readKey(agent)
    if (!key) {
      key = KeyPair.generate()
      hostFiles(agent).writeKey(key)
    }
    installAtHome(agent, key)
    return stateOf(agent, key)
  },

  async adopt(agent, why) {
    return why === 'clone' ? replaceKey(agent, KeyPair.generate()) : stateOf(agent, keyOf(agent))
  },

  gitConfig(agent) {
    const key = keyOf(agent)
    return [
      { key: 'user.name', value: agent.name },
      { key: 'user.email', value: `${key.did}@gitlawb` },
      {
        key: 'user.signingkey',
        value: agent.mode === 'socket' ? `key::${publicLine(key.publicKey)}` : `~/${FOLDER}/${SSH_KEY}`,
      },
      { key: 'gpg.format', value: 'ssh' },
      { key: 'gpg.ssh.program', value: 'ssh-keygen' },
      { key: 'gpg.ssh.allowedSignersFile', value: `~/${FOLDER}/allowed_signers` },
      { key: 'commit.gpgsign', value: 'true' },
      { key: 'tag.gpgsign', value: 'true' },
    ]
  },

  env: () => ({ GITLAWB_NODE: nodeUrl() }),

  async register(agent, signal) {
    const key = readKey(agent)
    if (!key && agent.did !== undefined) {
      return { did: agent.did, registered: false, reason: 'its key is gone; a start gives it a new one' }
    }
    if (!key) throw new Error(`agent '${agent.name}' has no key`)
    const known = stateOf(agent, key)
    // A second time would set its trust back.
    if (known.registered) return known
    try {
      const node = nodeUrl()
      return keepToken(agent, key, node, await register(key, node, process.env, signal))
    } catch (error) {
      const retryAfter = error instanceof RefusedError ? error.retryAfter : undefined
      return {
        ...{ did: key.did, registered: false, reason: (error as Error).message },
        ...(retryAfter === undefined ? {} : { retryAfter }),
      }
    }
  },

  async rotate(agent) {
    return replaceKey(agent, KeyPair.generate())
  },

  async importKey(agent, text) {
    return replaceKey(agent, decodeIdentity(text))
  },

  async exportKey(agent) {
    return encodeIdentity(keyOf(agent))
  },

  async document(agent) {
    return didDocument(keyOf(agent).did)
  },

  async sign(agent, message) {
    return keyOf(agent).sign(message)
  },

  async revoke(agent) {
    const key = readKey(agent)
    const problem = key && (await endAtNode(agent, key))
    hostFiles(agent).remove([KEY, TOKEN])
    removeFromHome(agent)
    return problem
  },
})

/** Without the token on the disk it counts as not registered: it is asked for again once the disk takes it. */
function keepToken(agent: IdentitySubject, key: KeyPair, node: string, token: string): ProvisionedIdentity {
  try {
    const files = hostFiles(agent)
    files.writeToken(key.did, node, token)
    if (agent.mode === 'file') homeFiles(agent).copyToken(files)
    return stateOf(agent, key)
  } catch (error) {
    return { did: key.did, registered: false, reason: (error as Error).message, retryAfter: 0 }
  }
}

function keyOf(agent: IdentitySubject): KeyPair {
  const key = readKey(agent)
  if (!key) throw new Error(`agent '${agent.name}' has no key`)
  return key
}

/** Puts a key in the place of the present one, whose DID then ends at its node. */
async function replaceKey(agent: IdentitySubject, key: KeyPair): Promise<ProvisionedIdentity> {
  const old = readKey(agent)
  const problem = old && old.did !== key.did ? await endAtNode(agent, old) : undefined
  const files = hostFiles(agent)
  if (old?.did !== key.did) files.remove([TOKEN])
  files.writeKey(key)
  installAtHome(agent, key)
  const state = stateOf(agent, key)
  return problem === undefined ? state : { ...state, reason: problem }
}

/** Tells the node that knows a key that it has ended. Returns why that failed; undefined if it is done, or no node knows it. */
async function endAtNode(agent: IdentitySubject, key: KeyPair): Promise<string | undefined> {
  const node = hostFiles(agent).registeredAt(key.did)
  if (node === undefined) return undefined
  try {
    await signOff(key, node, AbortSignal.timeout(SIGN_OFF_WITHIN_MS))
    return undefined
  } catch (error) {
    return `the node still takes ${key.did} for active: ${(error as Error).message}`
  }
}

function stateOf(agent: IdentitySubject, key: KeyPair): ProvisionedIdentity {
  const { did } = key
  if (hostFiles(agent).registeredAt(did) === nodeUrl()) return { did, registered: true }
  return { did, registered: false, reason: 'it has not been registered yet', retryAfter: 0 }
}
