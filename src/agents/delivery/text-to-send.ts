import { buffer } from 'node:stream/consumers'
import { UserError } from '../../errors.ts'
import { readUserFile } from '../../system/user-files.ts'

/** The text that `exec` types: its words joined by spaces, or a file's content without its last newline. Throws a {@link UserError} if there is none. */
export async function textToSend(
  words: readonly string[],
  file: string | undefined,
  usage = 'exec NAME',
): Promise<Uint8Array> {
  if (file !== undefined && words.length > 0) {
    throw new UserError('there are both a file and words to type', { fix: 'give one of them', exitCode: 2 })
  }
  if (file !== undefined)
    return withoutLastNewline(file === '-' ? await buffer(process.stdin) : readUserFile(file))
  if (words.length === 0) {
    throw new UserError('there is nothing to type', { fix: `agentvm ${usage} TEXT…`, exitCode: 2 })
  }
  return Buffer.from(words.join(' '))
}

function withoutLastNewline(bytes: Buffer): Buffer {
  return bytes.at(-1) === 10 ? bytes.subarray(0, -1) : bytes
}
