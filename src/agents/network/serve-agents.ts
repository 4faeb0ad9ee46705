import { join } from 'node:path'
import { ExternalCommandError, type UserError } from '../../errors.ts'
import { askProxy, type Question } from '../../network/client.ts'
import { type ControlAnswer, OTHER_VERSION, type Registration } from '../../network/control.ts'
import { endProxy, startProxy } from '../../network/start.ts'
import type { Home } from '../../settings/home.ts'
import { makePrivateDir } from '../../system/files.ts'
import { withLock } from '../../system/lock.ts'
import type { Context } from '../context.ts'
import { SIGNING_KEY, signsBySocket } from '../identity/identity-state.ts'
import { makeSocketFolder } from '../spawn/socket-folder.ts'
import { isRunning, liveness } from '../state/liveness.ts'
import type { AgentRecord } from '../state/record.ts'

/** Opens the way to the proxy, and to the signer, for an agent that is about to start. Its process is known, and waits. */
export async function openNetwork(context: Context, record: AgentRecord): Promise<void> {
  if (isServed(record)) await serveAgent(context, record)
}

/**
 * Makes the rules of a record those of its agent. The caller holds the agent's lock. Returns how many connections that
 * ended. Throws where the proxy doesn't come up: the agent then has no network, rather than an open one.
 */
export async function serveAgent(context: Context, record: AgentRecord): Promise<number> {
  return tellProxy(context, 'serve', record)
}

/** Brings the proxy back, if it has died, for an agent that runs. A failure is said, and is no failure of the caller's. */
export async function reviveProxy(context: Context, record: AgentRecord): Promise<void> {
  if (!isServed(record) || liveness(record, context.home) !== 'running') return
  await tellProxy(context, 'adopt', record).catch((error: Error) => context.warn(error.message))
}

/** Tells the proxy of an agent. Starts the proxy if it isn't there; a fresh one gets all agents that run. */
async function tellProxy(context: Context, op: 'serve' | 'adopt', record: AgentRecord): Promise<number> {
  const { home } = context
  const question: Question = { op, agents: [registration(home, record)] }
  makePrivateDir(home.proxy)
  // Before anything is asked: in a folder of somebody else's, what answers is theirs.
  makeSocketFolder(home.proxySockets)
  const first = await ask(context, question)
  if (first) return first.closed
  return withLock(
    `${home.proxy}/lock`,
    async () => {
      const second = await ask(context, question)
      if (second) return second.closed
      endProxy(home)
      makePrivateDir(home.proxySockets)
      await startProxy(home)
      const answer = await ask(context, question)
      if (!answer) throw new ExternalCommandError(['agentvm proxy'], 'it does not answer')
      await ask(context, {
        op: 'adopt',
        agents: runningAgents(context).map((agent) => registration(home, agent)),
      })
      return answer.closed
    },
    { timeoutMs: 30_000, busy: 'another agentvm command is starting the network proxy' },
  )
}

/** Ends the proxy, if no agent needs it. */
export async function stopIdleProxy(context: Context): Promise<void> {
  if (runningAgents(context).length > 0) return
  await ask(context, { op: 'stop' })
}

/** Whether an agent needs the process behind the sockets: for its network, or for its signatures. */
function isServed(record: AgentRecord): boolean {
  return record.network === 'allowlist' || signsBySocket(record)
}

function registration(home: Home, record: AgentRecord): Registration {
  const { id, name, pid, pidStart, network, allow } = record
  return {
    ...{ id, name, owner: `${pid}:${pidStart}` },
    ...(network === 'allowlist' ? { allow } : {}),
    ...(signsBySocket(record) ? { signingKey: join(home.identityDir(id), SIGNING_KEY) } : {}),
  }
}

function runningAgents({ store, home }: Context): AgentRecord[] {
  const ignore = (_: UserError) => {}
  return store.all(ignore).filter((record) => isServed(record) && isRunning(liveness(record, home)))
}

/** The proxy's answer, or undefined if none answers that speaks our version. */
async function ask(
  { home }: Context,
  question: Question,
): Promise<(ControlAnswer & { ok: true }) | undefined> {
  const answer = await askProxy(home, question).catch(() => undefined)
  if (answer?.ok) return answer
  if (answer && answer.problem !== OTHER_VERSION) {
    throw new ExternalCommandError(['agentvm proxy'], answer.problem)
  }
  return undefined
}
