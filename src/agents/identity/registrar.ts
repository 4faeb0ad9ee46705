import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import type { Home } from '../../settings/home.ts'
import { isLocked } from '../../system/lock.ts'
import { startOwnCli } from '../../system/own-cli.ts'
import type { Context } from '../context.ts'
import type { AgentRecord } from '../state/record.ts'
import { retryTime } from './registration.ts'

/** The lock of whoever registers what isn't registered yet. */
export function registrarLock(home: Home): string {
  return join(home.identities, 'register.lock')
}

let started: ChildProcess | undefined

/**
 * Has an agent's new identity registered by a process of its own, which nobody waits for: a network takes seconds, or
 * lets nobody in for a minute. The one that is at work already takes it up as well.
 */
export function registerInBackground(context: Context, record: AgentRecord): void {
  if (retryTime(context.home, record) === undefined) return
  if (started && started.exitCode === null && started.signalCode === null) return
  if (isLocked(registrarLock(context.home))) return
  const env = { ...context.caller, AGENTVM_HOME: context.home.root }
  started = startOwnCli(['identity', 'register', '--pending'], env)
}
