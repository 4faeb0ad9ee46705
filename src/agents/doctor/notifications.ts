import { existsSync } from 'node:fs'
import { shellSplit } from '../../system/shell-words.ts'
import { notifyProgram } from '../attendant/notify.ts'
import type { Context } from '../context.ts'
import type { CheckResult } from './check.ts'
import { onPath } from './install.ts'

/** Checks that the program is there which AGENTVM_NOTIFY tells the user by. Nothing where nothing is wanted. */
export function checkNotifications({ settings: { notify } }: Context): CheckResult[] {
  if (notify === undefined) return []
  const name = 'notifications'
  if (notify === 'bell') {
    if (process.platform !== 'darwin') return [{ name, status: 'ok', message: 'by the bell' }]
    return [
      {
        name,
        status: 'warning',
        message: 'there is no bell on macOS',
        fix: 'agentvm config set AGENTVM_NOTIFY=desktop',
      },
    ]
  }
  const program = notify === 'desktop' ? notifyProgram() : (shellSplit(notify)?.[0] ?? '')
  const isThere = program.includes('/') ? existsSync(program) : onPath(program)
  if (isThere) return [{ name, status: 'ok', message: `by ${program}` }]
  const fix =
    notify === 'desktop' ? `install ${program}, in a package such as libnotify-bin` : 'agentvm config edit'
  return [
    { name, status: 'problem', message: `there is no ${program}, by which AGENTVM_NOTIFY tells you`, fix },
  ]
}
