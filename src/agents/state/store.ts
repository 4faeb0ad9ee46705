import { readdirSync, rmSync } from 'node:fs'
import { UserError } from '../../errors.ts'
import type { Home } from '../../settings/home.ts'
import {
  createFileAtomic,
  errorCode,
  fileVersion,
  makePrivateDir,
  readIfExists,
  writeFileAtomic,
  writeFileDurably,
} from '../../system/files.ts'
import { withLock } from '../../system/lock.ts'
import { compareNames, unknownAgent } from './names.ts'
import type { AgentRecord } from './record.ts'
import { decodeRecord, encodeRecord } from './record-codec.ts'
import { relocated } from './relocate.ts'
import { formatState, parseState } from './state-file.ts'

/** The agents of one home, as their state files say. Knows nothing of processes: see `liveness.ts`. */
export class AgentStore {
  readonly home: Home
  /** What {@link all} read last, by name: most files are the same at the next look. */
  private known = new Map<string, { version: string; record: AgentRecord | undefined }>()

  constructor(home: Home) {
    this.home = home
  }

  /** Names of all agents, in natural order. */
  names(): string[] {
    return this.entries()
      .filter((entry) => entry.endsWith('.env') && !entry.startsWith('.'))
      .map((entry) => entry.slice(0, -'.env'.length))
      .sort(compareNames)
  }

  /** An agent's record, or undefined if there is none. Throws a {@link UserError} on a damaged or newer file. */
  read(name: string): AgentRecord | undefined {
    const path = this.home.stateFile(name)
    const text = readIfExists(path)
    if (text === undefined) return undefined
    if (text.trim() === '') {
      throw new UserError(`the state file ${path} is empty`, { fix: 'move it away' })
    }
    return relocated(decodeRecord(parseState(text, path), name), this.home)
  }

  /** An agent's record. Throws a {@link UserError} that suggests the nearest name if there is none. */
  get(name: string): AgentRecord {
    const record = /^[a-zA-Z0-9-]+$/.test(name) ? this.read(name) : undefined
    if (!record) throw unknownAgent(name, this.names())
    return record
  }

  /**
   * All records in natural order; the same object as the last time where the file is the same. Files that can't be read
   * are reported to `onDamaged` and left out.
   */
  all(onDamaged: (problem: UserError) => void = () => {}): AgentRecord[] {
    const before = this.known
    this.known = new Map()
    return this.names().flatMap((name) => {
      try {
        // Looked at before it is read: if it is replaced in between, it is read again the next time.
        const version = fileVersion(this.home.stateFile(name))
        const same = before.get(name)
        const record = same?.version === version ? same.record : this.read(name)
        this.known.set(name, { version, record })
        return record ?? []
      } catch (error) {
        if (!(error instanceof UserError)) throw error
        onDamaged(error)
        return []
      }
    })
  }

  /** The record with that id, whatever the agent's name is now. */
  byId(id: string): AgentRecord | undefined {
    return this.all().find((record) => record.id === id)
  }

  private entries(): string[] {
    try {
      return readdirSync(this.home.state)
    } catch (error) {
      if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return []
      throw error
    }
  }

  /** Replaces an agent's state file as a whole. */
  save(record: AgentRecord): void {
    makePrivateDir(this.home.state)
    // A start, or a clone that is being made: one that a power failure cuts short is taken back in any case.
    const durable = record.pid !== 0 || record.spawner === ''
    writeFileAtomic(this.home.stateFile(record.name), formatState(encodeRecord(record)), { durable })
  }

  /** Makes an agent's state file. Returns false, changing nothing, if the name is taken. */
  create(record: AgentRecord): boolean {
    makePrivateDir(this.home.state)
    return createFileAtomic(this.home.stateFile(record.name), formatState(encodeRecord(record)))
  }

  /** {@link save} of an agent that starts or has ended, perhaps with many others: to the disk at the same time as theirs. */
  async saveAlongside(record: AgentRecord): Promise<void> {
    await writeFileDurably(this.home.stateFile(record.name), formatState(encodeRecord(record)))
  }

  /** Forgets an agent. Its log and folders are the caller's. */
  remove(name: string): void {
    rmSync(this.home.stateFile(name), { force: true })
  }

  /** {@link exclusively} for two names. They are locked in a fixed order, so that nobody waits for each other. */
  async exclusivelyBoth<T>(
    one: string,
    other: string,
    fn: () => Promise<T> | T,
    timeoutMs?: number,
  ): Promise<T> {
    const [first = one, second = other] = [one, other].sort()
    return this.exclusively(first, () => this.exclusively(second, fn, timeoutMs), timeoutMs)
  }

  /** Runs `fn` while no other agentvm changes the agent of that name. `timeoutMs` 0 fails at once if one does. */
  async exclusively<T>(name: string, fn: () => Promise<T> | T, timeoutMs?: number): Promise<T> {
    makePrivateDir(this.home.state)
    return withLock(lockOf(this.home, name), fn, {
      busy: `another agentvm command is changing '${name}' right now`,
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    })
  }
}

/** The lock of all that is done to the agent of that name. */
export function lockOf(home: Home, name: string): string {
  return `${home.state}/.${name}.lock`
}
