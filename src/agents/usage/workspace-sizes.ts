import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { makePrivateDir, writeFileAtomic } from '../../system/files.ts'
import { TreeSizer } from '../../system/tree-size.ts'
import type { Context } from '../context.ts'
import type { AgentRecord } from '../state/record.ts'

/** Sizes of workspaces as they were last measured, by the agent's id. */
type Sizes = Record<string, number>

/** A workspace that is larger than the setting allows. */
export interface LargeWorkspace {
  name: string
  bytes: number
}

const FILE = 'workspace-sizes.json'

/** Keeps sizes, in bytes, that a command had to measure anyway: looks that must be quick warn by them. */
export function rememberSizes({ home }: Context, measured: Sizes): void {
  if (Object.keys(measured).length === 0) return
  const sizes = { ...readSizes(join(home.cache, FILE)), ...measured }
  try {
    makePrivateDir(home.cache)
    writeFileAtomic(join(home.cache, FILE), JSON.stringify(sizes), { durable: false })
  } catch {
    // On a full disk, or a home that can't be written: they are measured again.
  }
}

/** Those agents whose workspace was larger than the setting allows when it was last measured. Reads one file. */
export function largeWorkspaces(
  { home, settings }: Context,
  agents: readonly { id: string; name: string }[],
): LargeWorkspace[] {
  const most = settings.workspaceSize
  if (most === 0 || agents.length === 0) return []
  const sizes = readSizes(join(home.cache, FILE))
  return agents.map(({ id, name }) => ({ name, bytes: sizes[id] ?? 0 })).filter(({ bytes }) => bytes > most)
}

/** Warns of those. */
export function warnOfLarge(context: Context, agents: readonly { id: string; name: string }[]): void {
  for (const { name, bytes } of largeWorkspaces(context, agents)) {
    context.warn(`agent '${name}' has a workspace of ${mebibytes(bytes)}, more than AGENTVM_WORKSPACE_SIZE`)
  }
}

/** Measures the workspaces of these agents, as far as the time reaches, and keeps the sizes. */
export function measureWorkspaces(context: Context, records: readonly AgentRecord[], limitMs: number): void {
  const sizer = new TreeSizer(limitMs)
  const sizes = records.map(({ id, workspace }) => [id, sizer.measure(workspace)] as const)
  // What could be counted in the time is a lower bound: enough to warn, not to call it small.
  const told = sizes.filter(([, { bytes, complete }]) => complete || bytes > context.settings.workspaceSize)
  rememberSizes(context, Object.fromEntries(told.map(([id, { bytes }]) => [id, bytes])))
}

/** Such as `12288 MiB`. */
export function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 1024 ** 2)} MiB`
}

function readSizes(file: string): Sizes {
  try {
    const known: unknown = JSON.parse(readFileSync(file, 'utf8'))
    return known && typeof known === 'object' ? (known as Sizes) : {}
  } catch {
    return {}
  }
}
