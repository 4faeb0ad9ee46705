import { join } from 'node:path'
import type { IdentitySubject } from '@agentvm/sdk'
import { IdentityFiles, KEY, TOKEN } from './identity-files.ts'
import type { KeyPair } from './key-pair.ts'
import { allowedSignersLine, encodePrivateKey, publicLine } from './openssh.ts'

/** The folder of an identity below an agent's home, as `gl` has it. */
export const FOLDER = '.gitlawb'
/** The key as OpenSSH has it, with which git signs where the agent has the file. */
export const SSH_KEY = 'id_ed25519'

/** The files on the host, which no sandbox shows. */
export function hostFiles(agent: IdentitySubject): IdentityFiles {
  return new IdentityFiles(agent.keys)
}

/** The files in the agent's home. Throws an `Error` where something that is no folder has their place. */
export function homeFiles(agent: IdentitySubject): IdentityFiles {
  return new IdentityFiles(join(agent.home, FOLDER))
}

/**
 * The agent's key. One that lies in its home alone, since the bash tool made it, is taken over if it is the one on
 * record: any other one there is the agent's own doing.
 */
export function readKey(agent: IdentitySubject): KeyPair | undefined {
  const key = hostFiles(agent).readKey()
  if (key || agent.did === undefined) return key
  const inHome = homeFiles(agent)
  const old = inHome.readKey()
  if (old?.did !== agent.did) return undefined
  hostFiles(agent).writeKey(old)
  hostFiles(agent).copyToken(inHome)
  return old
}

/** Brings into the agent's home what belongs there, and removes what doesn't. */
export function installAtHome(agent: IdentitySubject, key: KeyPair): void {
  const files = homeFiles(agent)
  const signers = [
    ...agent.past.map(({ did, until }) => allowedSignersLine(did, until)),
    allowedSignersLine(key.did),
  ]
  files.write('allowed_signers', `${signers.join('\n')}\n`)
  files.write(`${SSH_KEY}.pub`, `${publicLine(key.publicKey)} ${key.did}\n`)
  if (agent.mode === 'socket') {
    files.remove([KEY, SSH_KEY, TOKEN])
    return
  }
  files.write(SSH_KEY, encodePrivateKey(key))
  files.copyToken(hostFiles(agent))
  // Last: for `gl` an identity is there once this is.
  files.writeKey(key)
}

/** Removes all that lies in the agent's home of an identity. */
export function removeFromHome(agent: IdentitySubject): void {
  homeFiles(agent).remove([KEY, SSH_KEY, `${SSH_KEY}.pub`, TOKEN, 'allowed_signers'])
}
