import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { sweepCopies } from '../../policy/gather-files.ts'
import type { Home } from '../../settings/home.ts'
import { entriesOf, isDeadTemporary } from '../../system/files.ts'
import { isDeadLock, removeDeadLock, withFreeLock } from '../../system/lock.ts'
import { removeDeadScratch } from '../../system/scratch.ts'
import { readTrash, removeGoing } from '../trash/entries.ts'
import { liveness } from './liveness.ts'
import { forgetPrevious, isPreviousKept } from './previous.ts'
import type { AgentRecord } from './record.ts'
import { AgentStore, lockOf } from './store.ts'

/** Removes what commands that have died left in the folders of the state and the runs: cheap enough for each `list`. */
export function sweepState(home: Home): void {
  removeDeadScratch(home.root, ['.self-test'])
  removeDeadScratch(home.runs, ['check', 'diff', 'fifos'])
  for (const path of litterIn(home.state)) remove(path)
}

/** {@link sweepState} for all folders of the home, those of each agent among them. */
export function sweepHome(home: Home): void {
  sweepState(home)
  for (const folder of [home.plugins, home.clis]) removeDeadScratch(folder, ['staging'])
  sweepCopies(home.systemFiles)
  for (const path of findLitter(home)) remove(path)
  for (const record of new AgentStore(home).all())
    if (isPreviousKept(home, record)) forgetIfStarted(home, record)
  if (readTrash(home).length > 0) withFreeLock(join(home.trash, '.lock'), () => removeGoing(home))
}

/** Locks and temporary files of commands that have died, in all folders of the home where agentvm writes. */
export function findLitter(home: Home): string[] {
  const folders = [
    ...[home.root, home.state, home.trash, home.proxy, home.cache, home.secrets, home.clis, home.plugins],
    ...[home.provenance, home.messages, home.identities],
    ...[home.provenance, home.messages, home.identities, home.runs].flatMap(foldersIn),
  ]
  // What else lies in an agent's home is the agent's, whatever it is called.
  const inHomes = entriesOf(home.homes).flatMap((id) =>
    litterIn(home.agentHome(id)).filter((path) => path.includes('/..gitconfig')),
  )
  return [...folders.flatMap(litterIn), ...inHomes]
}

/** Forgets what an agent was before a start that went well, whose agentvm died before it could. */
function forgetIfStarted(home: Home, { name }: AgentRecord): void {
  withFreeLock(lockOf(home, name), () => {
    const record = new AgentStore(home).read(name)
    const state = record && liveness(record, home)
    if (record && state !== 'starting' && state !== 'unfinished') forgetPrevious(home, record)
  })
}

function litterIn(folder: string): string[] {
  return entriesOf(folder)
    .filter((name) => name.startsWith('.') || isLock(name))
    .map((name) => join(folder, name))
    .filter((path) => (isLock(path) ? isDeadLock(path) : isDeadTemporary(path)))
}

function remove(path: string): void {
  if (isLock(path)) removeDeadLock(path)
  else rmSync(path, { force: true })
}

function isLock(path: string): boolean {
  return /\.lock(?:\.break)?$/.test(path)
}

function foldersIn(folder: string): string[] {
  return entriesOf(folder)
    .filter((name) => !name.startsWith('.'))
    .map((name) => join(folder, name))
}
