import type { Helper } from './lifecycle.ts'

/** The agent that an identity is for. */
export interface IdentitySubject {
  /** The agent's immutable id. */
  id: string
  /** Its name now. */
  name: string
  /** Its home on the host. Keys are written below it, never through a symlink. */
  home: string
}

/** An identity that exists on disk. */
export interface ProvisionedIdentity {
  /** The decentralized identifier, such as `did:key:z6Mk…`. */
  did: string
  /** Whether the network knows it. */
  registered: boolean
  /** If not registered, why: one plain sentence. */
  reason?: string
}

/** One line of git configuration for an agent. */
export interface GitSetting {
  /** Such as `user.email`. */
  key: string
  /** The value as git reads it. */
  value: string
}

/** Gives agents a cryptographic identity of their own. */
export interface IdentityProvider {
  /** Unique name, such as `gitlawb`: `^[a-z][a-z0-9-]*$`. */
  id: string
  /** A name for people. */
  label: string
  /** Makes the key (on the host, atomically, mode 0600) and tries to register it. Called during spawn, before the sandbox starts. Never blocks for more than a few seconds; a throw fails the spawn. */
  provision(agent: IdentitySubject): Promise<ProvisionedIdentity>
  /** Called after a rename (same identity, new name) or for the copy after a clone (a new identity of its own). */
  adopt(agent: IdentitySubject, why: 'rename' | 'clone'): Promise<ProvisionedIdentity>
  /** Git settings that sign the agent's commits. Pure. */
  gitConfig(agent: IdentitySubject): GitSetting[]
  /** Variables that the agent's own tools need, such as the node to talk to; no secrets. Pure. */
  env(): Record<string, string>
  /** Host-side processes that the agent needs, such as a signer. */
  helpers(agent: IdentitySubject): Helper[]
  /** Tries again to make the network know the identity. */
  register(agent: IdentitySubject): Promise<ProvisionedIdentity>
  /** Makes the identity invalid, as far as the network allows. Called before `clean` removes the agent for good. */
  revoke(agent: IdentitySubject): Promise<void>
}
