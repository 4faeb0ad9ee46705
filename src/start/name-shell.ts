import { userInfo } from 'node:os'

/** oclif asks who the user is for a shell that nothing names, and fails for one who isn't in the user database, as in containers. */
export function nameShell(): void {
  if (process.env.SHELL !== undefined) return
  try {
    userInfo()
  } catch {
    process.env.SHELL = '/bin/sh'
  }
}
