import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Refusal } from './decide.ts'

/** One request, as a line of the agent's request log. */
export interface RequestEntry {
  /** ISO 8601 UTC, milliseconds. */
  time: string
  via: 'connect' | 'http' | 'socks5'
  /** The name that was asked for; for what isn't one, its printable form. */
  host: string
  port: number
  /** `failed`: it was allowed, and the name has no address or the server could not be reached. */
  decision: 'allowed' | 'refused' | 'failed'
  /** The rule that opened it, or null. */
  rule: string | null
  /** Why it was refused or failed, or null. */
  reason: Refusal | string | null
}

/** Size of a log before it is put aside. Each agent has its own: one that floods its log drives out no other's. */
const LARGEST_BYTES = 2 * 1024 * 1024

/** Appends to one agent's log, and puts it aside when it is full. A full disk loses lines, not connections. */
export class RequestLog {
  private readonly path: string
  private bytes: number

  constructor(path: string) {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    this.path = path
    this.bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  }

  write(entry: Omit<RequestEntry, 'time'>): void {
    const line = `${JSON.stringify({ time: new Date().toISOString(), ...entry })}\n`
    try {
      if (this.bytes + line.length > LARGEST_BYTES) {
        renameSync(this.path, `${this.path}.1`)
        this.bytes = 0
      }
      appendFileSync(this.path, line, { mode: 0o600 })
      this.bytes += line.length
    } catch {
      this.bytes = 0
    }
  }
}
