import { statSync } from 'node:fs'
import { UserError } from '../errors.ts'
import { errorCode } from '../system/files.ts'

/**
 * Throws a {@link UserError} if the home is there and isn't this user's. Root could use another user's, but would leave
 * files in it that this one can't read, and run what this one has put there.
 */
export function requireOwnHome(root: string): void {
  const user = process.geteuid?.()
  const owner = ownerOf(root)
  if (owner === undefined || user === undefined || owner === user) return
  throw new UserError(`${root} belongs to another user (uid ${owner})`, {
    fix: `be that user ('sudo -u "#${owner}" agentvm …'), or set AGENTVM_HOME to a folder of your own`,
  })
}

/** Undefined also where the way to it is closed: who needs it will say so. */
function ownerOf(root: string): number | undefined {
  try {
    return statSync(root, { throwIfNoEntry: false })?.uid
  } catch (error) {
    if (errorCode(error) === undefined) throw error
    return undefined
  }
}
