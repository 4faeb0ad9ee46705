import { lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Home } from '../../settings/home.ts'
import { readIfExists } from '../../system/files.ts'
import { removeTree } from '../../system/remove-tree.ts'
import { treeBytes } from '../../system/tree-size.ts'
import type { Context } from '../context.ts'
import { timestamp } from '../events.ts'

/** What was put away of one agent, as `trash list --json` prints it. */
export interface TrashEntry {
  name: string
  id: string
  profile: string | null
  /** ISO 8601 UTC. */
  trashed_at: string
  /** When `clean` removes it for good; null: never. */
  expires_at: string | null
  /** Size of everything. */
  bytes: number
  /** Whether the workspace is with it: one that agentvm didn't make stayed where it was. */
  has_workspace: boolean
  /** Host path of the folder. */
  trash: string
}

const DAY_MS = 86_400_000

/** Folders that are on their way out of the trash begin so. */
export const GOING = '.going-'

/** What the trash holds, the newest first. What isn't there whole isn't listed: it is on its way in or out. */
export function trashEntries({ home, store, settings }: Context): TrashEntry[] {
  const leaving = new Set(store.all().map(({ extra }) => extra.AGENT_RESTORING))
  return readTrash(home)
    .filter((entry) => !entry.startsWith('.') && !leaving.has(join(home.trash, entry)))
    .flatMap((entry) => readEntry(join(home.trash, entry), settings.trashDays) ?? [])
    .sort((a, b) => (a.trashed_at < b.trashed_at ? 1 : -1))
}

/** Names of what lies in the trash. */
export function readTrash(home: Home): string[] {
  try {
    return readdirSync(home.trash)
  } catch {
    return []
  }
}

/** Removes what a command that has died was removing. The caller holds the lock of the trash. */
export function removeGoing(home: Home): void {
  for (const entry of readTrash(home)) if (entry.startsWith(GOING)) removeTree(join(home.trash, entry))
}

/** An entry's description. The state file comes last: without one it isn't whole. */
function readEntry(folder: string, days: number): TrashEntry | undefined {
  const has = (name: string) => lstatSync(join(folder, name), { throwIfNoEntry: false }) !== undefined
  if (!has('state.env')) return undefined
  const facts = readFacts(folder)
  const since = Date.parse(facts.trashed_at)
  return {
    ...facts,
    expires_at: days === 0 ? null : timestamp(new Date(since + days * DAY_MS)),
    bytes: treeBytes(folder),
    has_workspace: has('workspace'),
    trash: folder,
  }
}

/** What the agent in a folder of the trash was called. */
export function nameInTrash(folder: string): string {
  return readFacts(folder).name
}

/** What `agent.json` says; where it is damaged, what the folder's own name and time say. */
function readFacts(folder: string): Pick<TrashEntry, 'name' | 'id' | 'profile' | 'trashed_at'> {
  const [, name = 'unknown', id = 'unknown'] = /^.*Z-(.+)-([^-]+)$/.exec(folder) ?? []
  const byName = { name, id, profile: null, trashed_at: timestamp(lstatSync(folder).mtime) }
  try {
    const read = JSON.parse(readIfExists(join(folder, 'agent.json')) ?? '')
    const text = (key: string) => (typeof read[key] === 'string' ? (read[key] as string) : undefined)
    const time = text('trashed_at') ?? ''
    return {
      name: text('name') ?? byName.name,
      id: text('id') ?? byName.id,
      profile: text('profile') ?? null,
      trashed_at: Number.isNaN(Date.parse(time)) ? byName.trashed_at : time,
    }
  } catch {
    return byName
  }
}
