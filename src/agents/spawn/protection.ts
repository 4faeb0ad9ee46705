import { lstatSync } from 'node:fs'
import type { Mount, SpawnPlan } from '@agentvm/sdk'
import { makePlaceholders, type Placeholder, removePlaceholders } from '../../policy/protect/placeholders.ts'
import { hostExecutedIn, protectedPaths } from '../../policy/protect/protected-paths.ts'
import type { AgentRecord } from '../state/record.ts'

/** What is kept from an agent, in the words of its policy, and what the record must remember of it. */
export interface Protection {
  /** Paths inside. */
  protect: string[]
  placeholders: Placeholder[]
  /** Names that were in the workspace when the agent was made. */
  hostExecuted: string[]
  /** Host paths that can't be protected, since they are symlinks. */
  links: string[]
}

/**
 * Computes what an agent must not change of the configuration that host programs run commands from, anew at each start
 * and without following a symlink of the agent's. Makes placeholders where the agent must not make something; they are
 * removed when it ends.
 */
export function protectHost(
  record: AgentRecord,
  plan: Pick<SpawnPlan, 'protect' | 'gitConfig' | 'readWrite'>,
  workspace: Mount,
): Protection {
  removePlaceholders(record.placeholders)
  const hostExecuted = record.hostExecuted ?? hostExecutedIn(record.workspace)
  const protection: Protection = { protect: [], placeholders: [], hostExecuted, links: [] }
  const roots = plan.readWrite.filter(({ source }) => lstatSync(source).isDirectory())
  for (const { source, target } of [workspace, ...roots]) {
    const existed = source === workspace.source ? hostExecuted : hostExecutedIn(source)
    const { keep, make, links } = protectedPaths(source, existed, { ...plan, mode: plan.protect })
    const made = makePlaceholders(source, make)
    const isThere = make.filter(({ path }) => made.some((one) => one.path === path))
    protection.placeholders.push(...made)
    protection.protect.push(
      ...[...keep, ...isThere.map(({ path }) => path)].map((path) => `${target}/${path}`),
    )
    protection.links.push(...links.map((path) => `${source}/${path}`))
  }
  return protection
}

/** What an agent has made in its workspace, as it is now, that host programs run commands from. Relative to the workspace. */
export function plantedPaths(record: AgentRecord): string[] {
  if (record.hostExecuted === undefined) return []
  const placed = record.placeholders.filter(({ root }) => root === record.workspace).map(({ path }) => path)
  const known = new Set([...record.hostExecuted, ...placed])
  return hostExecutedIn(record.workspace).filter((path) => !known.has(path))
}
