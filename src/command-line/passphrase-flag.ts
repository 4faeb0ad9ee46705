import { Flags } from '@oclif/core'
import type { PassphraseSource } from '../agents/identity/backup.ts'
import { readSecret } from '../terminal/secret.ts'

/** The flag by which a passphrase is given that isn't asked for. */
export const passphraseFlag = {
  'passphrase-file': Flags.string({
    helpValue: 'FILE',
    description: 'file with the passphrase; without it, it is asked for, or read from standard input',
  }),
}

/** Where the passphrase comes from. */
export function passphraseSource(flags: { 'passphrase-file'?: string | undefined }): PassphraseSource {
  return { file: flags['passphrase-file'], ask: () => readSecret('passphrase of the backup: ') }
}
