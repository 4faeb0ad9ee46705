import { renameSync } from 'node:fs'
import { basename, join } from 'node:path'
import { makePrivateDir, readIfExists } from '../../system/files.ts'
import { withLock } from '../../system/lock.ts'
import { removeTree } from '../../system/remove-tree.ts'
import type { Context } from '../context.ts'
import { retireIdentity } from '../identity/give-identity.ts'
import { decodeRecord } from '../state/record-codec.ts'
import { parseState } from '../state/state-file.ts'
import { GOING, removeGoing, type TrashEntry, trashEntries } from './entries.ts'

/** Removes what the trash holds for good. An entry goes as a whole or not at all. */
export async function emptyTrash(context: Context, entries: readonly TrashEntry[]): Promise<void> {
  await withTrash(context, async () => {
    for (const entry of entries) {
      context.progress(`removing ${entry.name}`)
      await revoke(context, entry)
      leave(context, entry.trash)
    }
    context.progress('')
  })
}

/** What the retention has run out for. */
export function expiredEntries(context: Context, now = new Date()): TrashEntry[] {
  return trashEntries(context).filter(
    ({ expires_at }) => expires_at !== null && Date.parse(expires_at) <= now.getTime(),
  )
}

/** Runs `fn` while no other agentvm changes the trash; finishes what one left that died. */
export async function withTrash<T>({ home }: Context, fn: () => Promise<T> | T): Promise<T> {
  makePrivateDir(home.trash)
  return withLock(
    join(home.trash, '.lock'),
    () => {
      removeGoing(home)
      return fn()
    },
    { busy: 'another agentvm command is changing the trash right now' },
  )
}

/** Removes a folder from the trash: by its name at once, then what is in it. */
export function leave({ home }: Context, folder: string): void {
  const going = join(home.trash, GOING + basename(folder))
  renameSync(folder, going)
  removeTree(going)
}

/** An identity ends with its agent, as far as whoever gave it can make it. */
async function revoke(context: Context, { name, trash }: TrashEntry): Promise<void> {
  const path = join(trash, 'state.env')
  try {
    const record = decodeRecord(parseState(readIfExists(path) ?? '', path), name)
    await retireIdentity(context, { ...record, home: join(trash, 'home') })
  } catch (error) {
    context.warn(`${name}: its identity could not be revoked: ${(error as Error).message}`)
  }
}
