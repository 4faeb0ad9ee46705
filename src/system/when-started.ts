import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { ExternalCommandError } from '../errors.ts'

/**
 * Throws an {@link ExternalCommandError} if a child could not be started, before anybody touches its streams: of one that
 * got no descriptors there are none, whatever the types say.
 */
export async function whenStarted(child: ChildProcess): Promise<void> {
  if (child.pid !== undefined) return
  const [error] = (await once(child, 'error')) as [Error]
  throw new ExternalCommandError([child.spawnfile], error.message, { cause: error })
}
