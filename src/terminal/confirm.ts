import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { Interrupted, UserError } from '../errors.ts'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Where a question is asked. The answer to it isn't the command's result, so it goes to standard error. */
export interface Dialogue {
  input: Readable & { isTTY?: boolean }
  output: NodeJS.WritableStream
}

/** The terminal that agentvm was called on. */
export const CONSOLE: Dialogue = { input: process.stdin, output: process.stderr }

/**
 * Asks a yes/no question; anything but yes is no. Throws a {@link UserError} (bad usage) if nobody can be asked, which
 * names the `flag` that answers yes.
 */
export async function confirm(
  question: string,
  dialogue: Dialogue = CONSOLE,
  flag = '--force',
): Promise<boolean> {
  return /^y(?:es)?$/i.test(await ask(`${question} [y/N] `, dialogue, flag))
}

/** Asks for a word to be typed, for what can't be undone. Throws a {@link UserError} (bad usage) if nobody can be asked. */
export async function confirmTyped(
  question: string,
  word: string,
  dialogue: Dialogue = CONSOLE,
): Promise<boolean> {
  return (await ask(`${question} Type '${word}' to go on: `, dialogue)) === word
}

/** Throws a {@link UserError} (bad usage) if nobody can be asked, for a command that has something to look up before it asks. */
export function requireSomebody({ input }: Dialogue = CONSOLE, flag = '--force'): void {
  if (input.isTTY) return
  throw new UserError('this needs a confirmation, and there is no terminal to ask on', {
    fix: `add ${flag} to do it without being asked`,
    exitCode: 2,
  })
}

async function ask(prompt: string, dialogue: Dialogue, flag = '--force'): Promise<string> {
  requireSomebody(dialogue, flag)
  return readAnswer(prompt, dialogue.input, dialogue.output)
}

/** Asks for a value without showing it. */
export async function askSecret(prompt: string, { input, output }: Dialogue = CONSOLE): Promise<string> {
  try {
    // Asked once the terminal shows nothing any more: who answers at once would see the answer.
    return await readAnswer('', input, undefined, () => output.write(prompt))
  } finally {
    output.write('\n')
  }
}

/**
 * Reads one line by readline, which handles editing and pastes. Ctrl-C, and a signal that would end us, give the terminal
 * back and throw an {@link Interrupted}; Ctrl-D answers nothing.
 */
function readAnswer(
  prompt: string,
  input: Readable,
  echo: NodeJS.WritableStream | undefined,
  onReady = () => {},
): Promise<string> {
  const reader = createInterface({ input, ...(echo && { output: echo }), terminal: true })
  onReady()
  let interrupt = (_: NodeJS.Signals) => {}
  return new Promise<string>((resolve, reject) => {
    reader.question(prompt, (answer) => resolve(answer.trim()))
    interrupt = (signal) => {
      echo?.write('\n')
      reject(new Interrupted('interrupted', { signal }))
    }
    reader.on('SIGINT', () => interrupt('SIGINT'))
    for (const signal of SIGNALS) process.on(signal, interrupt)
    reader.on('close', () => resolve(''))
  }).finally(() => {
    for (const signal of SIGNALS) process.off(signal, interrupt)
    reader.close()
  })
}
