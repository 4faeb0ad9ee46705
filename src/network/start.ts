import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { extname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { ExternalCommandError } from '../errors.ts'
import type { Home } from '../settings/home.ts'
import { readIfExists } from '../system/files.ts'
import { closeInheritedDescriptors } from '../system/inherited.ts'
import { isOwnerAlive, ownIdentity, sendSignal } from '../system/processes.ts'
import { whenStarted } from '../system/when-started.ts'
import { PID_FILE } from './control.ts'

/** The proxy's entry: beside this file, compiled or not as this file is. */
const ENTRY = join(import.meta.dirname, 'proxy', `main${extname(import.meta.filename)}`)
/** Bytes are passed on by code that isn't JavaScript: compiled JavaScript and a large young generation would only take memory. */
const NODE_OPTIONS = [
  ...['--lite-mode', '--max-semi-space-size=1', '--max-old-space-size=128'],
  ...['--expose-gc', '--no-warnings'],
]

/** Starts the proxy of a home, detached from us, and waits until it listens. The caller holds the proxy's lock. */
export async function startProxy(home: Home): Promise<void> {
  closeInheritedDescriptors()
  const errors = openSync(join(home.proxy, 'error.log'), 'w', 0o600)
  const argv: [string, ...string[]] = [process.execPath, ...NODE_OPTIONS, ENTRY, ownIdentity()]
  const [program, ...args] = argv
  const child = spawn(program, args, {
    detached: true,
    cwd: '/',
    stdio: ['ignore', 'pipe', errors],
    env: {
      PATH: process.env.PATH ?? '/usr/bin:/bin',
      AGENTVM_HOME: home.root,
      UV_THREADPOOL_SIZE: '16',
      // As many heaps as there are threads would each keep what they once held.
      MALLOC_ARENA_MAX: '2',
      ...(process.env.XDG_RUNTIME_DIR ? { XDG_RUNTIME_DIR: process.env.XDG_RUNTIME_DIR } : {}),
      // Where coverage is measured, it is not of a process that outlives the measuring.
      NODE_V8_COVERAGE: '',
    },
  })
  closeSync(errors)
  await whenStarted(child)
  child.on('error', () => {})
  const output = child.stdout as Readable
  const first = await new Promise<string>((resolve) => {
    output.once('data', (chunk: Buffer) => resolve(chunk.toString()))
    output.once('close', () => resolve(''))
  })
  output.destroy()
  child.unref()
  if (first.startsWith('ready')) return
  throw new ExternalCommandError(argv, readIfExists(join(home.proxy, 'error.log')) ?? '')
}

/** Ends a proxy that doesn't answer, or speaks another version. */
export function endProxy(home: Home): void {
  const identity = readIfExists(join(home.proxy, PID_FILE)) ?? ''
  if (isOwnerAlive(identity)) sendSignal(Number(identity.split(':')[0]), 'SIGKILL')
}
