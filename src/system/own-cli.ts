import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { closeInheritedDescriptors } from './inherited.ts'

/** The entry of the built CLI, from the folder of this module or of the bundle. */
const ENTRY = join(import.meta.dirname, '../..', 'bin', 'run.cjs')

/** Starts another agentvm that goes on when this one ends, and that says nothing. Nobody waits for it. */
export function startOwnCli(args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
  closeInheritedDescriptors()
  const child = spawn(process.execPath, [ENTRY, ...args], {
    ...{ detached: true, stdio: 'ignore', cwd: '/' },
    // Where coverage is measured, it is not of a process that outlives the measuring.
    env: { ...env, NODE_V8_COVERAGE: '' },
  })
  child.on('error', () => {})
  child.unref()
  return child
}
