import { resolve } from 'node:path'
import { UserError } from '../../errors.ts'
import { createFileAtomic } from '../../system/files.ts'
import { readUserFile, writingUserFile } from '../../system/user-files.ts'
import type { Context } from '../context.ts'
import { openBackup, sealBackup } from './backup-format.ts'
import { providerOf } from './identity-state.ts'
import { type IdentityReport, settledIdentity } from './manage.ts'
import { restoreKey } from './replace-key.ts'
import { identitySubject } from './subject.ts'

/** What `identity backup` wrote. */
export interface BackedUp {
  name: string
  did: string
  file: string
}

/** Where a passphrase is to come from: a file, or whoever can be asked. */
export interface PassphraseSource {
  file: string | undefined
  ask: () => Promise<string>
}

/** Writes an agent's private key, encrypted, into a new file that only the user can read. Throws a {@link UserError} if that file is there already. */
export async function backUpIdentity(
  context: Context,
  name: string,
  output: string | undefined,
  passphrase: PassphraseSource,
): Promise<BackedUp> {
  const record = await settledIdentity(context, name)
  const file = resolve(output ?? `${name}.identity.json`)
  const did = record.did ?? ''
  const key = await privateKeyOf(context, name)
  const text = sealBackup({ did, name, key }, await readPassphrase(passphrase))
  writeNewFile(file, text)
  return { name, did, file }
}

/** Gives an agent the key of a backup. Throws a {@link UserError} if that can't be read, or the agent has another one and `force` isn't given. */
export async function restoreIdentity(
  context: Context,
  name: string,
  file: string,
  passphrase: PassphraseSource,
  force: boolean,
): Promise<IdentityReport> {
  context.store.get(name)
  const text = readUserFile(file).toString()
  return restoreKey(context, name, openBackup(text, await readPassphrase(passphrase)), force)
}

/** An agent's private key as its network's own tools read it. */
export async function privateKeyOf(context: Context, name: string): Promise<string> {
  const record = await settledIdentity(context, name)
  const provider = await context.extensions.identity(providerOf(record))
  return provider.exportKey(identitySubject(context.home, record)).catch((error: Error) => {
    throw new UserError(error.message, { cause: error })
  })
}

/** Writes a new file, mode 0600. Throws a {@link UserError} if there is one. */
export function writeNewFile(file: string, content: string): void {
  if (writingUserFile(file, () => createFileAtomic(file, content, { tidy: true }))) return
  throw new UserError(`${file} is there already`, { fix: 'name another by --output' })
}

async function readPassphrase({ file, ask }: PassphraseSource): Promise<string> {
  const text =
    file === undefined || file === '-'
      ? await ask()
      : readUserFile(file)
          .toString()
          .replace(/\r?\n$/, '')
  if (text !== '') return text
  throw new UserError('an empty passphrase protects nothing', { exitCode: 2 })
}
