import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { canonicalJson } from '../../provenance/canonical-json.ts'
import type { RunRecord } from '../../provenance/record.ts'
import { makePrivateDir, readIfExists, writeFileAtomic } from '../../system/files.ts'
import { systemError } from '../../system/system-error.ts'
import { changeDigest } from '../../workspace/baseline/change-digest.ts'
import { headCommit } from '../../workspace/head-commit.ts'
import type { Context } from '../context.ts'
import { timestamp } from '../events.ts'
import { baselineOf } from '../spawn/baseline.ts'
import type { ReservedSpawn } from '../spawn/reserve.ts'
import { policyDocument } from '../spawn/start-files.ts'
import { isFromBashTool } from '../state/liveness.ts'
import type { AgentRecord } from '../state/record.ts'
import { type Appended, appendRecord, lastRecord, ledgerFile, type Unchained } from './ledger.ts'
import { policyText } from './policy-text.ts'
import { parentOf, withNewest } from './record-keys.ts'

/** How a run ended that never began: its agentvm failed, or died, before it let the agent go. */
const NOT_STARTED = 'not-started'

/**
 * Writes down what is about to run, before its first instruction. A failure is said, and doesn't keep the agent from
 * starting. Returns the agent's record, which names the new run record.
 */
export async function recordRunStart(
  context: Context,
  spawn: Pick<ReservedSpawn, 'prepared' | 'policy' | 'enforcement'>,
  agent: AgentRecord,
): Promise<AgentRecord> {
  return attempt(context, agent, async () => {
    if (!context.settings.provenance) return undefined
    const run = runOf(context, spawn, agent)
    // One that nobody could end is closed first: runs don't overlap.
    if (lastRecord(context.home, agent.id)?.says.event === 'start') {
      await endOpenRun(context, agent, { code: null, reason: 'lost' }, undefined)
    }
    return append(context, agent, () => ({
      ...{ event: 'start' as const, time: timestamp(), agent: subjectOf(agent), run },
    }))
  })
}

/**
 * Writes down how an agent's run ended, and what it came to, once: whoever comes later finds it ended. Returns the
 * agent's record, which names the newest run record.
 */
export async function recordRunEnd(context: Context, agent: AgentRecord): Promise<AgentRecord> {
  return attempt(context, agent, () =>
    endOpenRun(
      context,
      agent,
      { code: agent.exitCode ?? null, reason: agent.endReason ?? 'lost' },
      agent.endedAt,
    ),
  )
}

/**
 * Closes the run of a spawn that is taken back, if it was written down already. One that leaves nothing is taken back
 * as well where its agentvm died while it ran: nobody can say then that it hadn't started.
 */
export async function recordRunTakenBack(context: Context, agent: AgentRecord): Promise<void> {
  const mayHaveRun = agent.pid !== 0 && agent.extra.AGENT_THROWAWAY === 'true'
  const reason = mayHaveRun ? 'lost' : NOT_STARTED
  await attempt(context, agent, () => endOpenRun(context, agent, { code: null, reason }, undefined))
}

/** Evidence must not cost the agent: what goes wrong is said. */
async function attempt(
  context: Context,
  agent: AgentRecord,
  work: () => Promise<Appended | undefined>,
): Promise<AgentRecord> {
  if (isFromBashTool(agent)) return agent
  try {
    const newest = await work()
    return newest ? withNewest(agent, newest) : agent
  } catch (error) {
    const { what } = systemError(error as Error) ?? { what: (error as Error).message }
    context.warn(`${agent.name}: its run is not recorded: ${what}`)
    return agent
  }
}

async function endOpenRun(
  context: Context,
  agent: AgentRecord,
  exit: { code: number | null; reason: string },
  endedAt: string | undefined,
): Promise<Appended | undefined> {
  if (!existsSync(ledgerFile(context.home, agent.id))) return undefined
  const time = timestamp()
  return append(context, agent, (last) => {
    if (last?.says.event !== 'start') return undefined
    const started = last.says.time
    return {
      ...{ event: 'end', time, agent: { ...subjectOf(agent), did: last.says.agent.did }, run: last.says.run },
      ...{ started, ended: endedAt ?? time, exit },
      result: exit.reason === NOT_STARTED ? last.says.run.base : headCommit(agent.workspace),
      changes: changesOf(context, agent),
    }
  })
}

function append(
  { home, warn }: Context,
  { id, name }: AgentRecord,
  decide: (last: RunRecord | undefined) => Unchained | undefined,
): Promise<Appended | undefined> {
  return appendRecord(home, id, decide, (message) => warn(`${name}: ${message}`))
}

function changesOf(context: Context, agent: AgentRecord) {
  try {
    const baseline = baselineOf(context, agent)
    if (baseline) return changeDigest(agent.workspace, baseline)
  } catch {
    // Damaged: as good as none.
  }
  return { sha256: null, files: null, reason: 'no baseline' }
}

function subjectOf(agent: AgentRecord) {
  const { id, name, did = null } = agent
  return { id, name, did, parent: parentOf(agent) }
}

function runOf(
  context: Context,
  { prepared, policy, enforcement }: Pick<ReservedSpawn, 'prepared' | 'policy' | 'enforcement'>,
  agent: AgentRecord,
) {
  const { plan, profile, backend } = prepared
  const document = policyText(policyDocument(policy, enforcement), agent, context.home.root)
  const sha256 = sha256Of(document)
  const policies = join(context.home.provenance, 'policies')
  const file = join(policies, `${sha256}.json`)
  // A power failure may have left it empty, which would stay so.
  if (readIfExists(file) !== document) {
    makePrivateDir(policies)
    writeFileAtomic(file, document, { durable: false })
  }
  const version = context.extensions.list('profile').find(({ id }) => id === profile?.name)?.version
  return {
    agentvm: context.extensions.coreVersion,
    profile: profile ? { name: short(profile.name), version: version ? short(version) : null } : null,
    command: {
      program: short(basename(plan.command[0] ?? '')),
      sha256: sha256Of(canonicalJson(plan.command.map((word) => word.toWellFormed()))),
    },
    prompt: plan.prompt === undefined ? null : { sha256: sha256Of(plan.prompt) },
    policy: {
      ...{ sha256, sandbox: backend.id, isolated: backend.capabilities.isolates, network: plan.network },
    },
    base: headCommit(agent.workspace),
  }
}

function sha256Of(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function short(text: string): string {
  return text.slice(0, 255).toWellFormed() || '-'
}
