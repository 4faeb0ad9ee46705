/**
 * Where the private key is while the agent runs.
 *
 * - `socket`: on the host alone. agentvm signs the agent's commits, and nothing else, through a socket.
 * - `file`: also in the agent's home, for programs inside that need the file.
 */
export type IdentityMode = 'socket' | 'file'

/** The agent that an identity is for. */
export interface IdentitySubject {
  /** The agent's immutable id. */
  id: string
  /** Its name now. */
  name: string
  /** Its home on the host. What is written below it the agent can read and change; never write through a symlink. */
  home: string
  /**
   * The folder on the host that holds its keys, mode 0700; no sandbox shows it. The private key is `identity.pem` in
   * it: Ed25519, PKCS#8, unencrypted. agentvm signs with that.
   */
  keys: string
  /** Where the private key is while the agent runs. */
  mode: IdentityMode
  /** The DID on record, if it has had one. */
  did?: string
  /** The keys that it had before the present one. */
  past: readonly PastKey[]
}

/** An identity that exists on disk. */
export interface ProvisionedIdentity {
  /** The decentralized identifier, such as `did:key:z6Mk…`. */
  did: string
  /** Whether the network knows it. */
  registered: boolean
  /** If not registered, why: one plain sentence. */
  reason?: string
  /** If not registered: seconds after which the network may be asked again; 0 if what failed is on our side, as a full disk. Undefined where it makes no sense to ask again by itself. */
  retryAfter?: number
}

/** One line of git configuration for an agent. */
export interface GitSetting {
  /** Such as `user.email`. */
  key: string
  /** The value as git reads it. */
  value: string
}

/** A key that an agent had before: what it signed until then stays good. */
export interface PastKey {
  /** The DID that it had with that key. */
  did: string
  /** ISO 8601 UTC: until when it was the agent's. */
  until: string
}

/** Gives agents a cryptographic identity of their own. */
export interface IdentityProvider {
  /** Unique name, such as `gitlawb`: `^[a-z][a-z0-9-]*$`. */
  id: string
  /** A name for people. */
  label: string
  /** Makes the key, if there is none yet (in `keys`, atomically, mode 0600), and brings into the home what belongs there in the agent's mode. Asks nobody over the network. Called at each start, before the sandbox starts; a throw fails the spawn. */
  provision(agent: IdentitySubject): Promise<ProvisionedIdentity>
  /** Called after a rename (same identity, new name) or for the copy after a clone (a new identity of its own). */
  adopt(agent: IdentitySubject, why: 'rename' | 'clone'): Promise<ProvisionedIdentity>
  /** Git settings that sign the agent's commits. Reads the disk at most. */
  gitConfig(agent: IdentitySubject): GitSetting[]
  /** Variables that the agent's own tools need, such as the node to talk to; no secrets. Pure. */
  env(): Record<string, string>
  /** Makes the network know the identity; gives up when `signal` fires. A failure is a reason, not a throw. */
  register(agent: IdentitySubject, signal: AbortSignal): Promise<ProvisionedIdentity>
  /** Replaces the key by a new one. The old one is gone, and the network is told so where it can be. */
  rotate(agent: IdentitySubject): Promise<ProvisionedIdentity>
  /** Puts a key from a backup in the place of what there is. `key` is what {@link exportKey} gave. Throws an `Error` if it is none. */
  importKey(agent: IdentitySubject, key: string): Promise<ProvisionedIdentity>
  /** The private key as text, in the form that the network's own tools read. Called only where the user asks for it, or for a backup. */
  exportKey(agent: IdentitySubject): Promise<string>
  /** The DID document. */
  document(agent: IdentitySubject): Promise<Record<string, unknown>>
  /** The raw Ed25519 signature, 64 bytes. */
  sign(agent: IdentitySubject, message: Uint8Array): Promise<Uint8Array>
  /** Destroys the private key, and tells the network that the identity ended. Called by `identity revoke`, and before an agent is removed for good. Returns what could not be done, in one sentence. */
  revoke(agent: IdentitySubject): Promise<string | undefined>
}
