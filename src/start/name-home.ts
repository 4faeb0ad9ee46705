import { userInfo } from 'node:os'
import { isAbsolute } from 'node:path'

/**
 * Makes HOME an absolute path where it isn't one, as for services and in containers: that of the user database, else the
 * root directory, as container engines have it for a user whom the database doesn't know. oclif and we would fail
 * without, or take the current folder for it.
 */
export function nameHome(env: NodeJS.ProcessEnv = process.env): void {
  if (isAbsolute(env.HOME ?? '')) return
  env.HOME = ofDatabase() ?? '/'
}

function ofDatabase(): string | undefined {
  try {
    return userInfo().homedir || undefined
  } catch {
    return undefined
  }
}
