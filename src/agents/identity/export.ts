import { publicKeyOf } from '@agentvm/sdk'
import type { Context } from '../context.ts'
import { privateKeyOf, writeNewFile } from './backup.ts'
import { providerOf } from './identity-state.ts'
import { readKeyHistory } from './key-history.ts'
import { listIdentities, settledIdentity } from './manage.ts'
import { identitySubject } from './subject.ts'

/** What `identity export` says of one agent: nothing of it is secret. */
export interface ExportedIdentity {
  name: string
  did: string
  /** `ssh-ed25519 AAAA…`; null where the DID stands for no such key. */
  public_key: string | null
  /** The DID document. */
  document: Record<string, unknown>
  /** Lines of git's allowed signers file, also of the keys that it had before; none of a revoked one. */
  allowed_signers: string[]
  /** The file with the private key, where one was asked for. */
  private_key_file: string | null
}

/** The public identities of these agents; of all that have one if none is named. */
export async function exportIdentities(
  context: Context,
  names: readonly string[],
): Promise<ExportedIdentity[]> {
  const chosen = names.length > 0 ? names : listIdentities(context).map(({ name }) => name)
  return Promise.all(chosen.map((name) => exportOne(context, name)))
}

/** Writes an agent's private key, unencrypted, into a new file that only the user can read; `-` leaves that to the caller. */
export async function exportPrivateKey(
  context: Context,
  name: string,
  output: string,
): Promise<ExportedIdentity & { key: string }> {
  const key = await privateKeyOf(context, name)
  if (output !== '-') writeNewFile(output, key)
  return { ...(await exportOne(context, name)), private_key_file: output === '-' ? null : output, key }
}

async function exportOne(context: Context, name: string): Promise<ExportedIdentity> {
  const record = await settledIdentity(context, name)
  const provider = await context.extensions.identity(providerOf(record))
  const { keys } = readKeyHistory(context.home, record.id)
  const did = record.did ?? ''
  return {
    ...{ name, did, public_key: keys.find((key) => key.did === did)?.public_key ?? null },
    document: await provider.document(identitySubject(context.home, record)),
    allowed_signers: keys.flatMap(({ did, public_key, valid_until, status }) => {
      if (status === 'revoked' || public_key === null || !publicKeyOf(did)) return []
      const until = valid_until?.replaceAll(/[-:T]|\.\d+/g, '')
      return [
        `${did}@${provider.id} namespaces="git"${until === undefined ? '' : `,valid-before="${until}"`} ${public_key}`,
      ]
    }),
    private_key_file: null,
  }
}
