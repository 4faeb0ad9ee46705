import { cpSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from '../../errors.ts'
import { makePrivateDir } from '../../system/files.ts'
import type { KillOptions } from '../end/kill.ts'
import { putHomeAside } from '../state/previous.ts'
import type { AgentRecord } from '../state/record.ts'

/** What makes a start a restart. */
export interface RestartOptions {
  /** Id of the agent that is meant. */
  id: string
  /** How to end it if it runs. */
  kill: KillOptions
  /** Called before a running one is ended. */
  onKill: () => void
  /** Empty its home; the workspace stays. */
  fresh: boolean
}

/** What a fresh start keeps of the home: who the agent is. */
const IDENTITY = ['.gitlawb', '.gitconfig']

/** Throws a {@link UserError} unless the agent is still the one that is meant. */
export function requireSame(record: AgentRecord | undefined, { id }: RestartOptions): void {
  if (record?.id === id) return
  throw new UserError('the agent was renamed or removed meanwhile', {
    fix: "'agentvm list' shows those that there are",
  })
}

/** Empties an agent's home but for its identity. Returns the record as it is then. */
export function startFresh(record: AgentRecord): AgentRecord {
  const before = putHomeAside(record)
  makePrivateDir(record.home)
  for (const entry of IDENTITY) {
    const options = { recursive: true, verbatimSymlinks: true, preserveTimestamps: true }
    if (existsSync(join(before, entry))) cpSync(join(before, entry), join(record.home, entry), options)
  }
  return { ...record, seeded: [] }
}
