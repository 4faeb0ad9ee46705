import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs'
import type { Home } from '../../settings/home.ts'
import { writeFileAtomic } from '../../system/files.ts'
import { removeTree } from '../../system/remove-tree.ts'
import { moveOldHomeBack } from '../home/old-home.ts'
import type { AgentRecord } from './record.ts'

/** What a new start replaces besides the state file, which stands for all: it is kept last and brought back last. */
function replacedFiles(home: Home, record: Pick<AgentRecord, 'id' | 'name'>): string[] {
  return [home.secretsFile(record.id), home.promptFile(record.name)]
}

type Replaced = Pick<AgentRecord, 'id' | 'name' | 'home'>

const previous = (path: string) => `${path}.previous`

/** Keeps what a dead agent was while it is started again: on the disk, before anything replaces it. */
export function keepPrevious(home: Home, record: AgentRecord): void {
  for (const path of replacedFiles(home, record)) if (existsSync(path)) copyDurably(path, previous(path))
  copyDurably(home.stateFile(record.name), previous(home.stateFile(record.name)))
}

function copyDurably(from: string, to: string): void {
  writeFileAtomic(to, readFileSync(from))
}

/** Whether a start replaces a dead agent, which {@link restorePrevious} brings back. */
export function hasPrevious(home: Home, name: string): boolean {
  return existsSync(previous(home.stateFile(name)))
}

/** Makes a dead agent what it was before it was started again. Bears being run twice. */
export function restorePrevious(home: Home, record: AgentRecord): void {
  if (existsSync(previous(record.home))) {
    removeTree(record.home)
    renameSync(previous(record.home), record.home)
  }
  moveOldHomeBack(record, previous(home.stateFile(record.name)))
  for (const path of replacedFiles(home, record)) {
    if (existsSync(previous(path))) copyDurably(previous(path), path)
    else rmSync(path, { force: true })
  }
  renameSync(previous(home.stateFile(record.name)), home.stateFile(record.name))
  forgetPrevious(home, record)
}

/** Forgets what an agent was before its start. */
export function forgetPrevious(home: Home, record: Replaced): void {
  for (const path of previousPlaces(home, record)) removeTree(path)
}

/** Whether there is anything to {@link forgetPrevious}. */
export function isPreviousKept(home: Home, record: Replaced): boolean {
  return previousPlaces(home, record).some((path) => existsSync(path))
}

function previousPlaces(home: Home, record: Replaced): string[] {
  return [home.stateFile(record.name), ...replacedFiles(home, record), record.home].map(previous)
}

/** Gives an agent an empty home; what it had is kept until {@link forgetPrevious}. */
export function putHomeAside(record: AgentRecord): string {
  removeTree(previous(record.home))
  renameSync(record.home, previous(record.home))
  return previous(record.home)
}
