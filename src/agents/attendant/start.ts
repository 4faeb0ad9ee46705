import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { makePrivateDir } from '../../system/files.ts'
import { closeInheritedDescriptors } from '../../system/inherited.ts'
import { isLocked } from '../../system/lock.ts'
import type { Context } from '../context.ts'

/** What of the caller's environment the attendant needs: to find programs, plugins and the desktop. No keys. */
const PASSED_ON = [
  ...['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'LANG', 'LC_ALL', 'TMPDIR'],
  ...['DISPLAY', 'WAYLAND_DISPLAY', 'XAUTHORITY', 'DBUS_SESSION_BUS_ADDRESS'],
  ...['XDG_RUNTIME_DIR', 'XDG_DATA_HOME', 'XDG_CONFIG_HOME', 'XDG_CACHE_HOME', 'AGENTVM_NOTIFY'],
]

/** It makes little garbage: room for more would only take memory. */
const NODE_OPTIONS = ['--no-warnings', '--max-semi-space-size=1', '--max-old-space-size=128']

/** Starts the attendant of this home, unless it runs. It ends by itself. Costs a look at one file where it runs. */
export function ensureAttendant({ home, caller, root }: Context): void {
  const lock = join(home.messages, ATTENDANT_LOCK)
  if (isLocked(lock)) return
  makePrivateDir(home.messages)
  closeInheritedDescriptors()
  const errors = openSync(join(home.messages, 'attendant.log'), 'w', 0o600)
  const names = PASSED_ON.filter((name) => caller[name] !== undefined)
  const child = spawn(process.execPath, [...NODE_OPTIONS, entryOf(root), 'attend'], {
    detached: true,
    cwd: '/',
    stdio: ['ignore', 'ignore', errors],
    env: {
      ...Object.fromEntries(names.map((name) => [name, caller[name]])),
      AGENTVM_HOME: home.root,
      // Where coverage is measured, it is not of a process that outlives the measuring.
      NODE_V8_COVERAGE: '',
    },
  })
  closeSync(errors)
  child.on('error', () => {})
  child.unref()
}

/** agentvm's entry: the one that runs now, in whatever form, or that of an install. */
function entryOf(root: string): string {
  const [, own = ''] = process.argv
  return dirname(own) === join(root, 'bin') ? own : join(root, 'bin', 'run.cjs')
}

/** The lock that the attendant holds, in the folder of messages. */
export const ATTENDANT_LOCK = 'attendant.lock'
