import { UserError } from '../errors.ts'
import { askSecret } from './confirm.ts'

/** Far more than any value may have. */
const LONGEST = 1024 * 1024

/** A value that nobody should see: asked for without echo on a terminal, else all of standard input but one newline at its end. `fix` is what to do where there is none. */
export async function readSecret(
  prompt: string,
  fix = "to store an empty one: 'agentvm env set KEY='",
): Promise<string> {
  if (process.stdin.isTTY) return requireValue(await askSecret(prompt), fix)
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > LONGEST) throw new UserError('the value is too long', { exitCode: 2 })
    chunks.push(chunk)
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks))
    return requireValue(text.replace(/\r?\n$/, ''), fix)
  } catch (error) {
    if (error instanceof UserError) throw error
    throw new UserError('the value is not UTF-8 text', { exitCode: 2, cause: error })
  }
}

function requireValue(value: string, fix: string): string {
  if (value !== '') return value
  throw new UserError('no value was given', {
    fix,
    exitCode: 2,
  })
}
