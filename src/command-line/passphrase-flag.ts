import { Flags } from '@oclif/core'
import type { PassphraseSource } from '../agents/identity/backup.ts'
import { UserError } from '../errors.ts'
import { readSecret } from '../terminal/secret.ts'

/** The flag by which a passphrase is given that isn't asked for. */
export const passphraseFlag = {
  'passphrase-file': Flags.string({
    helpValue: 'FILE',
    description: 'file with the passphrase; without it, it is asked for, or read from standard input',
  }),
}

const FIX = 'give it by --passphrase-file FILE, or on standard input'

/** Where the passphrase comes from. A new one is asked for twice on a terminal: a slip would lock the backup for good. */
export function passphraseSource(
  flags: { 'passphrase-file'?: string | undefined },
  { isNew = false } = {},
): PassphraseSource {
  const ask = async () => {
    const passphrase = await readSecret('passphrase of the backup: ', FIX)
    if (isNew && process.stdin.isTTY && (await readSecret('once more: ', FIX)) !== passphrase) {
      throw new UserError('the two passphrases differ', { exitCode: 2 })
    }
    return passphrase
  }
  return { file: flags['passphrase-file'], ask }
}
