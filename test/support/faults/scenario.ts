import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { AgentRow } from '../../../src/agents/report/view.ts'
import type { TrashEntry } from '../../../src/agents/trash/entries.ts'
import type { FaultyHome } from './faulty-home.ts'

/** One command that changes something, and what must hold of it whatever goes wrong on its way. */
export interface FaultScenario {
  title: string
  /** Servers that the command talks to, for all of the scenario, and what tells it of them. */
  serve?: () => Promise<{ env: Record<string, string>; stop: () => void }>
  /** Fetches packages, which takes seconds: only where all faults are tried. */
  isSlow?: boolean
  /** Plugins come or go. */
  reloads?: boolean
  /** What goes wrong is part of what the command prints. */
  reports?: boolean
  /** Goes on until it could do its work: with a disk that takes nothing more it would never end. */
  persists?: boolean
  /** Made once, then copied: agents in it don't run. */
  prepare: (home: FaultyHome) => Promise<void>
  /** Made anew for each fault, since something runs in it. */
  start?: (home: FaultyHome) => Promise<void>
  command: readonly string[] | ((home: FaultyHome) => readonly string[])
  /** Holds right after the fault: what is there is the old or the new, as a whole. */
  whole?: (home: FaultyHome) => void | Promise<void>
  /** What the same command may be refused with after one that went wrong after all was done. */
  doneAlready?: RegExp
  /** Holds once the command was given again. */
  after: (home: FaultyHome) => Promise<void>
}

/** A file in each agent's workspace that no fault may lose. */
export const WORK = 'work.txt'
/** Flags and command of an agent that runs until it is ended. */
export const SLEEP = ['--net', 'none', '--', 'sleep', '3000']

/** Makes an agent that has done its work and ended. */
export async function deadAgent(home: FaultyHome, name: string, ...flags: string[]): Promise<void> {
  const command = ['--', 'sh', '-c', `echo ${name} >${WORK}; echo said; exit 3`]
  await home.ok('spawn', name, '--net', 'none', ...flags, ...command)
  await home.ok('wait', name)
}

/** Makes the dead agent `a1`, with all that an agent can have: a tag, a key, a prompt. */
export const one = (home: FaultyHome) =>
  deadAgent(home, 'a1', '-t', 'kept=yes', '-e', 'TOKEN=s3cret', '-m', 'do')

/** Starts `s1`, which runs until it is ended. */
export async function sleeping(home: FaultyHome): Promise<void> {
  await home.ok('spawn', 's1', ...SLEEP)
}

/** For what has nothing to prepare. */
export async function nothing(): Promise<void> {}

/** The agents that `list` shows, by name. */
export async function rows(home: FaultyHome): Promise<Map<string, AgentRow>> {
  return new Map((await home.json<AgentRow[]>('list')).map((row) => [row.name, row]))
}

/** Names of what the trash holds, sorted. */
export async function trashed(home: FaultyHome): Promise<string[]> {
  return (await home.json<TrashEntry[]>('trash', 'list')).map(({ name }) => name).sort()
}

/** Throws unless an agent runs. */
export async function runs(home: FaultyHome, name: string): Promise<void> {
  assert.equal((await rows(home)).get(name)?.status, 'running', `${name} runs`)
}

/** Path of a file of the user's, which is put back along with the home; written if there is a content. */
export function userFile(home: FaultyHome, name: string, content?: string): string {
  const path = join(home.files, name)
  if (content !== undefined) {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
  }
  return path
}

/** What an agent wrote into its work, as found in a folder. */
export function workIn(folder: string): string | undefined {
  const path = join(folder, WORK)
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : undefined
}

/** Throws unless the work of these agents is there, each where an agent or the trash has it. */
export function requireWork(home: FaultyHome, names: readonly string[]): void {
  const folders = [
    ...home
      .records()
      .flatMap(({ workspace, extra }) => [
        workspace,
        join(home.home.workspaces, extra.AGENT_RENAMED_FROM ?? ''),
        ...[extra.AGENT_TRASH, extra.AGENT_RESTORING].flatMap((put) =>
          put === undefined ? [] : join(put, 'workspace'),
        ),
      ]),
    ...home.leftovers('trash').map((entry) => home.file(entry, 'workspace')),
  ]
  const found = new Set(folders.map(workIn))
  for (const name of names) assert.ok(found.has(name), `the work of '${name}' is in none of ${folders}`)
}
