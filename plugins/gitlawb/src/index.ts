import { defineIdentity, type IdentitySubject, type ProvisionedIdentity } from '@agentvm/sdk'
import { FOLDER, IdentityFiles } from './identity-files.ts'
import { KeyPair } from './key-pair.ts'
import { register } from './register.ts'

/** The node of `gl`, where `GITLAWB_NODE` names no other. */
const DEFAULT_NODE = 'https://node.gitlawb.com'
/** The longest that a spawn waits for a node, milliseconds. */
const PROVISION_WITHIN_MS = 3_000
/** The longest that somebody waits who asked for the registration alone: a proof of work takes seconds. */
const REGISTER_WITHIN_MS = 60_000

/** Gives each agent a gitlawb DID: an Ed25519 key that `gl` reads, known to a node, and used by git to sign commits. */
export default defineIdentity({
  id: 'gitlawb',
  label: 'gitlawb',

  async provision(agent) {
    const files = new IdentityFiles(agent.home)
    const key = files.readKey() ?? makeKey(files)
    return makeKnown(files, key, PROVISION_WITHIN_MS)
  },

  async adopt(agent, why) {
    const files = new IdentityFiles(agent.home)
    if (why === 'clone') files.remove()
    const key = files.readKey() ?? makeKey(files)
    return state(files, key)
  },

  gitConfig(agent) {
    return [
      { key: 'user.email', value: `${didOf(agent)}@gitlawb` },
      { key: 'user.signingkey', value: `~/${FOLDER}/id_ed25519` },
      { key: 'gpg.format', value: 'ssh' },
      { key: 'gpg.ssh.allowedSignersFile', value: `~/${FOLDER}/allowed_signers` },
      { key: 'commit.gpgsign', value: 'true' },
      { key: 'tag.gpgsign', value: 'true' },
    ]
  },

  env: () => ({ GITLAWB_NODE: nodeUrl() }),

  helpers: () => [],

  async register(agent) {
    const files = new IdentityFiles(agent.home)
    return makeKnown(files, files.readKey() ?? makeKey(files), REGISTER_WITHIN_MS)
  },

  async revoke(agent) {
    new IdentityFiles(agent.home).remove()
  },
})

function makeKey(files: IdentityFiles): KeyPair {
  const key = KeyPair.generate()
  files.writeKey(key)
  return key
}

function didOf(agent: IdentitySubject): string {
  const key = new IdentityFiles(agent.home).readKey()
  if (!key) throw new Error(`agent '${agent.name}' has no identity yet`)
  return key.did
}

function nodeUrl(): string {
  return process.env.GITLAWB_NODE || DEFAULT_NODE
}

/** Registers the key, unless its node knows it: a second time would set its trust back. A failure is a reason, never a throw. */
async function makeKnown(files: IdentityFiles, key: KeyPair, withinMs: number): Promise<ProvisionedIdentity> {
  const known = state(files, key)
  if (known.registered) return known
  try {
    const node = nodeUrl()
    const token = await register(key, node, process.env, AbortSignal.timeout(withinMs))
    files.writeToken(key.did, node, token)
    return { did: key.did, registered: true }
  } catch (error) {
    return { did: key.did, registered: false, reason: (error as Error).message }
  }
}

function state(files: IdentityFiles, key: KeyPair): ProvisionedIdentity {
  if (files.registeredAt(key.did) === nodeUrl()) return { did: key.did, registered: true }
  return { did: key.did, registered: false, reason: 'it has not been registered yet' }
}
