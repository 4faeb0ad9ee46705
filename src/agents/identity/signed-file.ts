import { createHash } from 'node:crypto'
import { didKeyOf, publicKeyOf } from '@agentvm/sdk'
import { UserError } from '../../errors.ts'
import { isSshSigned, readSshSignature } from '../../provenance/ssh-signature.ts'
import { signedBytes } from '../../signer/ssh-signature.ts'
import { sshString, uint32 } from '../../signer/ssh-wire.ts'
import { readUserFile } from '../../system/user-files.ts'
import type { Context } from '../context.ts'
import { providerOf } from './identity-state.ts'
import { allKeyHistories, type IdentityKey } from './key-history.ts'
import { settledIdentity } from './manage.ts'
import { identitySubject } from './subject.ts'

/** What `identity sign` made. */
export interface SignedFile {
  name: string
  did: string
  namespace: string
  /** Armoured as `ssh-keygen -Y sign` does it. */
  signature: string
}

/** What `identity verify` found. */
export interface VerifiedFile {
  /** `good`: by a key that an agent has, or had and has replaced. */
  outcome: 'good' | 'wrong' | 'revoked' | 'unknown'
  /** Whose key signed; null if the signature can't be read. */
  did: string | null
  /** The agent whose key it is, or was; null if none of this home. */
  agent: string | null
  /** What has become of the key; null if it is unknown here. */
  status: IdentityKey['status'] | null
  /** One sentence for people. */
  summary: string
}

/**
 * Signs a file by an agent's key, as the user: `ssh-keygen -Y verify` takes it. The namespace says what for, so that a
 * signature isn't taken for another purpose. Throws a {@link UserError} on `git`: that is the agent's to sign.
 */
export async function signFile(
  context: Context,
  name: string,
  content: Uint8Array,
  namespace: string,
): Promise<SignedFile> {
  if (namespace === 'git') {
    throw new UserError("commits and tags are the agent's own to sign", {
      fix: 'use another --namespace, such as file',
      exitCode: 2,
    })
  }
  const record = await settledIdentity(context, name)
  const did = record.did ?? ''
  const publicKey = publicKeyOf(did)
  if (!publicKey) throw new UserError(`${did} has no key that SSH knows`)
  const provider = await context.extensions.identity(providerOf(record))
  const hash = createHash('sha512').update(content).digest()
  const signature = await provider.sign(identitySubject(context.home, record), signedBytes(namespace, hash))
  return { name, did, namespace, signature: armour(publicKey, namespace, signature) }
}

/** Says whose signature a file has, and what has become of that key. */
export function verifyFile(
  { home }: Context,
  content: Uint8Array,
  signatureFile: string,
  { namespace, signer }: { namespace: string; signer: string | undefined },
): VerifiedFile {
  const read = readSshSignature(readUserFile(signatureFile).toString())
  if (typeof read === 'string') return wrong(null, `${signatureFile} is no such signature: ${read}`)
  const did = didKeyOf(read.publicKey)
  if (!isSshSigned(read, content)) return wrong(did, 'the signature is not of this file')
  if (read.namespace !== namespace) {
    return wrong(did, `it was signed for '${read.namespace}', not for '${namespace}' (--namespace)`)
  }
  const found = allKeyHistories(home)
    .flatMap(({ name, keys }) => keys.map((key) => ({ name, key })))
    .find(({ key }) => key.did === did)
  const known = { did, agent: found?.name ?? null, status: found?.key.status ?? null }
  if (signer !== undefined && signer !== did && signer !== found?.name) {
    return { outcome: 'wrong', ...known, summary: `it was signed by ${did}, not by ${signer}` }
  }
  if (!found) {
    const outcome = signer === did ? 'good' : 'unknown'
    return { outcome, ...known, summary: `signed by ${did}, which is no agent of this home` }
  }
  return { ...known, ...standing(found.name, found.key) }
}

function standing(agent: string, { did, status, valid_until, reason }: IdentityKey) {
  const why = reason === null ? '' : `: ${reason}`
  if (status === 'revoked') {
    const summary = `signed by ${did} of ${agent}, which was revoked at ${valid_until}${why}`
    return { outcome: 'revoked' as const, summary }
  }
  const past = { current: '', rotated: ', a key that it has replaced since', retired: ', which is gone' }[
    status
  ]
  return { outcome: 'good' as const, summary: `signed by ${did} of ${agent}${past}` }
}

function wrong(did: string | null, summary: string): VerifiedFile {
  return { outcome: 'wrong', did, agent: null, status: null, summary }
}

/** OpenSSH's PROTOCOL.sshsig, lines of 70 characters. */
function armour(publicKey: Uint8Array, namespace: string, signature: Uint8Array): string {
  const type = 'ssh-ed25519'
  const parts = [
    Buffer.concat([sshString(type), sshString(publicKey)]),
    ...[namespace, '', 'sha512'],
    Buffer.concat([sshString(type), sshString(signature)]),
  ]
  const blob = Buffer.concat([Buffer.from('SSHSIG'), uint32(1), ...parts.map((part) => sshString(part))])
  const lines = blob.toString('base64').match(/.{1,70}/g) ?? []
  return ['-----BEGIN SSH SIGNATURE-----', ...lines, '-----END SSH SIGNATURE-----', ''].join('\n')
}
