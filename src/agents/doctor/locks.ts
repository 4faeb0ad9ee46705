import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { readIfExists } from '../../system/files.ts'
import { removeDeadLock } from '../../system/lock.ts'
import { isOwnerAlive } from '../../system/processes.ts'
import type { Context } from '../context.ts'
import type { CheckResult } from './check.ts'

/** Finds locks of commands that have died. The next command that needs one breaks it, so they are no more than untidy. */
export function checkLocks({ home, store }: Context): CheckResult[] {
  const dead = [home.root, home.state].flatMap((folder) => locksIn(folder)).filter(isDead)
  if (dead.length === 0) return []
  return [
    {
      name: 'locks',
      status: 'warning',
      message: `${dead.length} left by commands that have died`,
      fix: 'agentvm doctor --fix',
      repair: async () => {
        for (const path of dead) removeDeadLock(path)
        store.sweep()
      },
    },
  ]
}

function locksIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.lock'))
      .map((name) => join(folder, name))
  } catch {
    return []
  }
}

function isDead(path: string): boolean {
  const owner = readIfExists(path)
  return owner !== undefined && !isOwnerAlive(owner)
}
