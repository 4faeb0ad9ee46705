import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { UserError } from '../errors.ts'
import { errorCode } from './files.ts'

/** An opener that hasn't failed by then has worked: some live as long as their window. */
const FAILS_WITHIN_MS = 3_000

/**
 * Opens a folder in the desktop's file manager. Returns false if this isn't a desktop session: no display, a remote
 * login, no opener installed. Throws a {@link UserError} if the opener fails.
 */
export async function launchDesktop(
  path: string,
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform = process.platform,
): Promise<boolean> {
  const opener = openerOf(env, platform)
  if (!opener) return false
  const child = spawn(opener, [path], { detached: true, stdio: 'ignore', env })
  try {
    await once(child, 'spawn')
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false
    throw error
  }
  child.unref()
  const stillOpen = new AbortController()
  const code = await Promise.race([
    once(child, 'exit').then(([exitCode]) => exitCode as number | null),
    sleep(FAILS_WITHIN_MS, 0, { signal: stillOpen.signal }).catch(() => 0),
  ])
  stillOpen.abort()
  if (code === 0) return true
  throw new UserError(`${opener} could not open ${path}`, { fix: 'add --print to get the path only' })
}

function openerOf(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string | undefined {
  if (platform === 'darwin') return env.SSH_CONNECTION ? undefined : '/usr/bin/open'
  return env.DISPLAY || env.WAYLAND_DISPLAY ? 'xdg-open' : undefined
}
