import { readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from '../../errors.ts'
import { errorCode, makePrivateDir, writeFileAtomic } from '../../system/files.ts'
import { withLock } from '../../system/lock.ts'
import { timestamp } from '../events.ts'
import { SentIds } from './sent-ids.ts'

/** A message that waits for its agent. */
export interface QueuedMessage {
  /** The sender's `--id`, or one of ours. */
  id: string
  /** ISO 8601 UTC, seconds. */
  queued_at: string
  bytes: number
  /** `unsure`: whoever was typing it died over it; it may have arrived, and isn't sent again. */
  state: 'queued' | 'unsure'
}

/** How long a sender waits for the others: each takes seconds, until the agent is seen to begin. */
const OTHERS_TAKE_MS = 120_000
const SENDERS_LOCK = '.lock'
const IDS_LOCK = '.ids.lock'
const WAITING = '.msg'
const SENDING = '.sending'
/** As many digits as order file names by age for longer than anybody types. */
const DIGITS = 12

interface Entry extends QueuedMessage {
  file: string
  /** It isn't told what it is and where its text begins. */
  isDamaged: boolean
}

/**
 * The messages for one agent, oldest first: a file each, whole, in a folder that no agent sees. They survive whatever
 * is started or ended meanwhile. {@link sendFirst} and {@link remove} belong within {@link exclusively}.
 */
export class MessageQueue {
  private readonly sent: SentIds
  private readonly folder: string

  constructor(folder: string) {
    this.folder = folder
    this.sent = new SentIds(join(folder, 'sent.jsonl'))
  }

  /** Runs `fn` while nobody else sends anything to the agent. */
  async exclusively<T>(fn: () => Promise<T>): Promise<T> {
    makePrivateDir(this.folder)
    const options = { timeoutMs: OTHERS_TAKE_MS, busy: 'another agentvm command is sending to this agent' }
    return withLock(join(this.folder, SENDERS_LOCK), fn, options)
  }

  /** {@link exclusively}, if nobody else sends anything now; else undefined at once. */
  async ifFree<T>(fn: () => Promise<T>): Promise<T | undefined> {
    let began = false
    try {
      return await withLock(
        join(this.folder, SENDERS_LOCK),
        () => {
          began = true
          return fn()
        },
        { timeoutMs: 0 },
      )
    } catch (error) {
      if (began || !(error instanceof UserError)) throw error
      return undefined
    }
  }

  /** What became of the message of an id; undefined if there is none. */
  outcomeOf(id: string): 'accepted' | 'queued' | undefined {
    if (this.list().some((message) => message.id === id)) return 'queued'
    return this.sent.has(id) ? 'accepted' : undefined
  }

  /**
   * Takes an id for a message that is about to be typed. Returns what became of it if it is taken. It counts as sent from
   * then on: if we die over it, it isn't typed twice.
   */
  async claim(id: string): Promise<'accepted' | 'queued' | undefined> {
    return this.withIds(() => {
      const known = this.outcomeOf(id)
      if (!known) this.sent.remember(id)
      return known
    })
  }

  /** Gives an id back whose message wasn't typed after all. */
  async forget(id: string): Promise<void> {
    await this.withIds(() => this.sent.forget(id))
  }

  /** Runs `fn` while nobody else adds a message or takes an id. Takes milliseconds, also while somebody sends. */
  private async withIds<T>(fn: () => T): Promise<T> {
    makePrivateDir(this.folder)
    return withLock(join(this.folder, IDS_LOCK), fn)
  }

  /** What waits, oldest first. */
  list(): QueuedMessage[] {
    return this.entries().map(({ file: _, isDamaged: __, ...message }) => message)
  }

  /** Whether a message waits to be sent. Costs a look at one folder. */
  get isWaiting(): boolean {
    return this.files().some((file) => file.endsWith(WAITING))
  }

  /** Puts a message behind those that wait. Returns what became of it if its id is taken: then it isn't put there. */
  async add(id: string, text: Uint8Array): Promise<'accepted' | 'queued' | undefined> {
    return this.withIds(() => {
      const known = this.outcomeOf(id)
      if (known) return known
      const last = this.files().at(-1)
      const number = last === undefined ? 1 : Number.parseInt(last, 10) + 1
      const head = JSON.stringify({ id, queued_at: timestamp() })
      const file = join(this.folder, `${String(number).padStart(DIGITS, '0')}${WAITING}`)
      writeFileAtomic(file, Buffer.concat([Buffer.from(`${head}\n`), text]))
      return undefined
    })
  }

  /**
   * Hands the oldest message to `send`, and removes it once that has typed it. One that `send` throws over stays. Returns
   * what `send` did, undefined if nothing waits. `arrived` tells of a message whose sender died whether the agent got it
   * after the given moment, as far as anything tells.
   */
  async sendFirst<T>(
    send: (text: Uint8Array, message: QueuedMessage) => Promise<T>,
    arrived: (sinceMs: number) => Promise<boolean | undefined>,
  ): Promise<T | undefined> {
    await this.recover(arrived)
    const first = this.entries().find(({ state }) => state === 'queued')
    if (!first) return undefined
    const text = this.body(first)
    const sending = first.file.replace(WAITING, SENDING)
    const began = new Date()
    utimesSync(join(this.folder, first.file), began, began)
    renameSync(join(this.folder, first.file), join(this.folder, sending))
    const putBack = (error: unknown) => {
      renameSync(join(this.folder, sending), join(this.folder, first.file))
      throw error
    }
    const result = await send(text, first).catch(putBack)
    // The agent has it: what fails from here on leaves it unsure, never to be typed again.
    await this.withIds(() => this.sent.remember(first.id))
    rmSync(join(this.folder, sending), { force: true })
    return result
  }

  /** Takes messages back, by their ids. Returns the ids of those that were there. */
  remove(ids: readonly string[]): string[] {
    const found = this.entries().filter(({ id }) => ids.includes(id))
    for (const { file } of found) rmSync(join(this.folder, file), { force: true })
    return found.map(({ id }) => id)
  }

  /** We hold the lock, so whoever was sending these has died. A damaged one is never sent: it counts as one that nothing is known of. */
  private async recover(arrived: (sinceMs: number) => Promise<boolean | undefined>): Promise<void> {
    for (const { file, id, isDamaged } of this.entries().filter(({ state }) => state === 'unsure')) {
      const path = join(this.folder, file)
      if (isDamaged) {
        renameSync(path, path.replace(WAITING, SENDING))
        continue
      }
      const answer = await arrived(statSync(path).mtimeMs)
      if (answer === undefined) continue
      if (answer) {
        await this.withIds(() => this.sent.remember(id))
        rmSync(path, { force: true })
      } else renameSync(path, path.replace(SENDING, WAITING))
    }
  }

  private files(): string[] {
    try {
      return readdirSync(this.folder)
        .filter((name) => /^\d+\.(?:msg|sending)$/.test(name))
        .sort()
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return []
      throw error
    }
  }

  private entries(): Entry[] {
    return this.files().flatMap((file) => {
      const content = readBytes(join(this.folder, file))
      if (!content) return []
      const end = content.indexOf(10)
      const head = readHead(content.subarray(0, Math.max(end, 0)).toString('utf8'))
      const state = head && !file.endsWith(SENDING) ? 'queued' : 'unsure'
      const { id, queued_at } = head ?? this.headOf(file)
      return [{ file, id, queued_at, bytes: content.length - end - 1, state, isDamaged: !head }]
    })
  }

  /** What there is to say of a damaged one: its number, and when it was last written. */
  private headOf(file: string): Head {
    const stats = statSync(join(this.folder, file), { throwIfNoEntry: false })
    return { id: file.replace(/\..*/, ''), queued_at: timestamp(stats?.mtime) }
  }

  private body({ file }: Entry): Uint8Array {
    const content = readFileSync(join(this.folder, file))
    return content.subarray(content.indexOf(10) + 1)
  }
}

type Head = Pick<QueuedMessage, 'id' | 'queued_at'>

/** The first line of a message's file; undefined if it is damaged. */
function readHead(line: string): Head | undefined {
  try {
    const { id, queued_at } = JSON.parse(line)
    const isHead = typeof id === 'string' && typeof queued_at === 'string'
    return isHead && !Number.isNaN(Date.parse(queued_at)) ? { id, queued_at } : undefined
  } catch {
    return undefined
  }
}

/** Another command may be removing it. */
function readBytes(path: string): Buffer | undefined {
  try {
    return readFileSync(path)
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw error
  }
}
