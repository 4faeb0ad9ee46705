import { readFileSync } from 'node:fs'
import { buffer } from 'node:stream/consumers'
import { UserError } from '../../errors.ts'
import { isTaken, noteTyped, shownActivity } from '../activity/activity.ts'
import { requireIdle, waitUntilIdle } from '../activity/idle-first.ts'
import { requireRunning } from '../attach/attach.ts'
import type { Context } from '../context.ts'
import { typeText } from './deliver.ts'

/** What was typed. */
export interface Sent {
  name: string
  bytes: number
  /** Whether Enter was pressed after it. */
  entered: boolean
  /** Whether the agent was seen to begin with it; null where Enter wasn't pressed, or nothing tells. */
  taken: boolean | null
}

/** How and when to type. */
export interface SendOptions {
  /** Press Enter after it. */
  enter: boolean
  /** At once; only if the agent is idle, else refuse; or once it is idle. */
  when?: 'now' | 'if-idle' | 'idle'
  /** How long to wait for that, milliseconds; undefined waits for ever. */
  timeoutMs?: number | undefined
}

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
    return withoutLastNewline(file === '-' ? await buffer(process.stdin) : readText(file))
  if (words.length === 0) {
    throw new UserError('there is nothing to type', { fix: `agentvm ${usage} TEXT…`, exitCode: 2 })
  }
  return Buffer.from(words.join(' '))
}

/** Types text into a running agent's terminal. Throws a {@link UserError} if it doesn't run or has no terminal. */
export async function sendToAgent(
  context: Context,
  name: string,
  text: Uint8Array,
  options: SendOptions,
): Promise<Sent> {
  const record = await requireRunning(context, name)
  if (record.session === '') {
    throw new UserError(`agent '${name}' runs without a terminal: nothing can be typed`, {
      fix: 'use agentvm spawn',
    })
  }
  if (options.when === 'if-idle') await requireIdle(context, record)
  if (options.when === 'idle') await waitUntilIdle(context, record, options.timeoutMs)
  const { state } = await shownActivity(context, record)
  await typeText(record, text, options)
  if (options.enter) noteTyped(context, record)
  const taken = options.enter && state === 'idle' ? await isTaken(context, record) : null
  return { name, bytes: text.length, entered: options.enter, taken }
}

function readText(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    throw new UserError(`${file} can't be read: ${(error as Error).message}`, { exitCode: 2 })
  }
}

function withoutLastNewline(bytes: Buffer): Buffer {
  return bytes.at(-1) === 10 ? bytes.subarray(0, -1) : bytes
}
