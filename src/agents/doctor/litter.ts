import type { Context } from '../context.ts'
import { findLitter, sweepHome } from '../state/sweep.ts'
import type { CheckResult } from './check.ts'

/** Finds locks and temporary files of commands that have died. The next command that needs a lock breaks it, so they are no more than untidy. */
export function checkLitter({ home }: Context): CheckResult[] {
  const count = findLitter(home).length
  if (count === 0) return []
  return [
    {
      name: 'locks',
      status: 'warning',
      message: `${count} left by commands that have died`,
      fix: 'agentvm doctor --fix',
      repair: async () => sweepHome(home),
    },
  ]
}
