import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { LimitName, SandboxBackend, SpawnPlan } from '@agentvm/sdk'
import { UserError } from '../../errors.ts'
import type { Layer } from '../../policy/choices.ts'
import { entrances, makeCgroup, removeCgroup } from '../../system/cgroups/cgroup.ts'
import { readIfExists } from '../../system/files.ts'
import { shortly } from '../../system/shortly.ts'
import type { Context } from '../context.ts'
import type { AgentRecord } from '../state/record.ts'
import { type Bounds, decideBounds } from './bounds.ts'
import { findLimitMechanism, type LimitMechanism, limitsOf, mechanismName } from './mechanism.ts'

/** How the launcher puts the agent within its bounds. */
export interface LaunchBounds {
  /** Files of control groups that the agent's first process writes 0 into. */
  enter: string[]
  /** systemd's program, its options and variables: it starts the agent in a scope. */
  scope: { command: string[]; env: Record<string, string> } | undefined
  openFiles: number | undefined
  memoryPerProcess: number | undefined
}

/** What keeps an agent's limits. */
export interface BoundAgent {
  launch: LaunchBounds
  /** Folders of the control group that was made for it. */
  cgroup: string[]
  /** What the policy file says of it. */
  enforcement: { by: string; gaps: Bounds['gaps'] }
}

/** Limits whose gap is worth a word at each start. Without a sandbox there is no private /tmp to bound. */
const SAID: LimitName[] = ['memory', 'processes', 'cpus']

/**
 * Makes what bounds an agent: a control group with its limits, or what systemd needs to make one. What can't be kept
 * here is said in one line; with `required` it is refused with a {@link UserError}.
 */
export async function boundAgent(
  context: Context,
  record: AgentRecord,
  options: { plan: SpawnPlan; backend: SandboxBackend; sources: Record<string, Layer>; required: boolean },
): Promise<BoundAgent> {
  const { plan, backend, sources } = options
  const mechanism = await findLimitMechanism(context)
  const made =
    mechanism.kind === 'cgroup'
      ? makeCgroup(mechanism.parents, cgroupName(record), plan.limits)
      : { folders: [], holds: limitsOf(mechanism) }
  const bounds = decideBounds(plan.limits, made.holds, backend.capabilities.limits, sources)
  if (options.required && bounds.gaps.length > 0) {
    removeCgroup(made.folders)
    throw new UserError(`limits can't be enforced here as asked: ${gapText(bounds.gaps)}`, {
      fix: "'agentvm doctor' says why; leave out --require-limits and AGENTVM_REQUIRE_LIMITS to go on with less",
    })
  }
  const said = bounds.gaps.filter(({ limit }) => SAID.includes(limit))
  if (said.length > 0) context.warn(`no control group here: ${gapText(said)}`)
  const { memoryPerProcess, gaps } = bounds
  // More than the machine allows the launcher would try in vain, and find out by a process of its own.
  const openFiles =
    bounds.openFiles && Math.min(bounds.openFiles, shortly(context, 'open files', mostOpenFiles))
  return {
    launch: {
      enter: entrances(made.folders),
      scope: mechanism.kind === 'systemd' ? scopeFor(mechanism, record.id, bounds) : undefined,
      openFiles,
      memoryPerProcess,
    },
    cgroup: made.folders,
    enforcement: { by: mechanismName(mechanism), gaps },
  }
}

/** Folders of a control group that was made for an agent, also where its agentvm died before that was on record. */
export async function cgroupOf(context: Context, record: AgentRecord): Promise<string[]> {
  const mechanism = await findLimitMechanism(context)
  const parents = mechanism.kind === 'cgroup' ? Object.values(mechanism.parents.folders) : []
  const found = parents
    .map((parent) => join(parent, cgroupName(record)))
    .filter((folder) => existsSync(folder))
  return [...new Set([...record.cgroup, ...found])]
}

const cgroupName = ({ id }: AgentRecord) => `agentvm-${id}`

/** The hard limit of open files that a launcher inherits from us. */
function mostOpenFiles(): number {
  const hard = /^Max open files +\S+ +(\d+)/m.exec(readIfExists('/proc/self/limits') ?? '')?.[1]
  return hard === undefined ? Number.MAX_SAFE_INTEGER : Number(hard)
}

/** Gaps in words: `memory: 2048 MiB a process; cpus: no bound`. */
function gapText(gaps: Bounds['gaps']): string {
  return gaps.map(({ limit, instead }) => `${limit}: ${instead}`).join('; ')
}

function scopeFor(
  { command, env }: LimitMechanism & { kind: 'systemd' },
  id: string,
  { group: { memory, processes, cpus } }: Bounds,
): LaunchBounds['scope'] {
  const properties = [
    ...(memory ? [`MemoryMax=${memory}`, 'MemorySwapMax=0'] : []),
    ...(processes ? [`TasksMax=${processes}`] : []),
    ...(cpus ? [`CPUQuota=${Math.round(cpus * 100)}%`] : []),
  ]
  return {
    // Each start is a unit of its own: an earlier one may still be on its way out.
    command: [
      ...command,
      `--unit=agentvm-${id}-${Date.now()}`,
      ...properties.flatMap((text) => ['-p', text]),
      '--',
    ],
    env,
  }
}
