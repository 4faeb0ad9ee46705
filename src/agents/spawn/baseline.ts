import { readdirSync } from 'node:fs'
import { relative } from 'node:path'
import { removeTree } from '../../system/remove-tree.ts'
import { type BytePath, bytePath } from '../../workspace/baseline/byte-path.ts'
import { IgnoreRules } from '../../workspace/baseline/ignore-rules.ts'
import { type Baseline, readManifest } from '../../workspace/baseline/manifest.ts'
import { takeBaseline } from '../../workspace/baseline/take-baseline.ts'
import type { Context } from '../context.ts'
import { holdsRepository, ignoredByFiles, lookIntoGit } from '../diff/git-look.ts'
import type { AgentRecord } from '../state/record.ts'
import type { Interrupt } from './interrupt.ts'

/**
 * Keeps what the workspace of a new agent holds, before it starts, so that `diff` can say what it has changed. An empty
 * one costs nothing. An agent that is started again keeps its first baseline. Returns the record that says so. Throws a
 * {@link UserError} if it is interrupted.
 */
export async function giveBaseline(
  context: Context,
  record: AgentRecord,
  previous: AgentRecord | undefined,
  interrupt: Pick<Interrupt, 'signal' | 'check'>,
): Promise<AgentRecord> {
  const withBaseline = (baseline: string) => ({
    ...record,
    extra: { ...record.extra, AGENT_BASELINE: baseline },
  })
  if (previous) return withBaseline(previous.extra.AGENT_BASELINE ?? `since ${previous.createdAt}`)
  if (readdirSync(record.workspace).length === 0) return withBaseline(`empty ${record.createdAt}`)
  const folder = context.home.baseline(record.id)
  removeTree(folder)
  try {
    const look = holdsRepository(record.workspace)
      ? await lookIntoGit(context, record.workspace, [])
      : undefined
    const git = look && !('problem' in look) ? look : undefined
    await takeBaseline({
      workspace: record.workspace,
      folder,
      takenAt: record.createdAt,
      git: git ? { tips: git.tips } : null,
      ignored:
        git?.ignored ?? (look && (await ignoredByFiles(context, record.workspace))) ?? new IgnoreRules(),
      skip: notWork(record),
      check: interrupt.check,
    })
    return withBaseline('stored')
  } catch (error) {
    if (interrupt.signal.aborted) throw error
    context.warn(`what the workspace holds can't be kept for 'agentvm diff': ${(error as Error).message}`)
    removeTree(folder)
    return withBaseline(`since ${record.createdAt}`)
  }
}

/** What an agent's workspace held at its spawn, or undefined if that wasn't kept. Throws if it is damaged. */
export function baselineOf({ home }: Context, record: AgentRecord): Baseline | undefined {
  const [form, takenAt = record.createdAt] = (record.extra.AGENT_BASELINE ?? '').split(' ')
  if (form === 'empty') return { takenAt, finishedMs: 0, git: null, chunks: [], entries: [] }
  return form === 'stored' ? readManifest(home.baseline(record.id)) : undefined
}

/** When an agent without a baseline was made, ISO 8601 UTC. */
export function madeAt(record: AgentRecord): string {
  return /^since (.+)$/.exec(record.extra.AGENT_BASELINE ?? '')?.[1] ?? record.createdAt
}

/** Paths in a workspace that aren't the agent's work: what agentvm has put there itself. */
export function notWork({ workspace, home, placeholders }: AgentRecord): (path: BytePath) => boolean {
  // Where the bash tool keeps an agent's home.
  const inside = relative(workspace, home)
  const ours = new Set<BytePath>(inside === '' || inside.startsWith('..') ? [] : [bytePath(inside)])
  for (const { root, path, content } of placeholders) {
    if (root === workspace && content !== null) ours.add(bytePath(path))
  }
  return (path) => ours.has(path)
}
