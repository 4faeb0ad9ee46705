import { lstatSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { UserError } from '../../errors.ts'
import { errorCode } from '../../system/files.ts'

/**
 * Makes the folder of a socket, an agent's or the proxy's, where that isn't in the home. Throws a {@link UserError} if somebody
 * else could reach a socket there: the folder may lie in `/tmp`, where anybody could have made it before us.
 */
export function makeSocketFolder(socket: string): void {
  const folder = dirname(socket)
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error
  }
  const stats = lstatSync(folder)
  if (stats.isDirectory() && stats.uid === process.getuid?.() && (stats.mode & 0o077) === 0) return
  throw new UserError(`${folder} is not a private folder of yours: sockets can't lie there`, {
    fix: 'remove it, or set AGENTVM_HOME to a shorter path',
  })
}
