import { chmodSync, existsSync, lstatSync, readFileSync, statfsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { ANYONE_ELSE, OTHER_WRITERS } from '../../settings/env-file-read.ts'
import type { Context } from '../context.ts'
import type { CheckResult } from './check.ts'

/** Free space below which agents will soon fail. */
const LITTLE_SPACE = 1024 ** 3

/** Checks who can read agentvm's home and the keys in it. */
export function checkPermissions({ home }: Context): CheckResult[] {
  return [
    privateTo(home.root, 'home', 0o700, ANYONE_ELSE),
    privateTo(home.envFile, 'env file', 0o600, ANYONE_ELSE),
    privateTo(home.configFile, 'config file', 0o600, OTHER_WRITERS),
  ].filter((result) => result !== undefined)
}

/** Checks the space where agents work. */
export function checkDisk({ home }: Context): CheckResult {
  let path = home.root
  while (!existsSync(path)) path = dirname(path)
  const { bavail, bsize } = statfsSync(path)
  const gigabytes = ((bavail * bsize) / 1024 ** 3).toFixed(1)
  return bavail * bsize < LITTLE_SPACE
    ? {
        name: 'disk',
        status: 'warning',
        message: `only ${gigabytes} GiB free at ${path}`,
        fix: 'agentvm clean',
      }
    : { name: 'disk', status: 'ok', message: `${gigabytes} GiB free` }
}

/** Checks the kernel's limits that many agents reach first. Each agent takes one pty and one inotify instance while its log is followed. */
export function checkLimits(): CheckResult[] {
  const ptys = readNumber('/proc/sys/kernel/pty/max')
  const used = readNumber('/proc/sys/kernel/pty/nr')
  const inotify = readNumber('/proc/sys/fs/inotify/max_user_instances')
  const results: CheckResult[] = []
  if (ptys !== undefined && used !== undefined) {
    const left = ptys - used
    results.push(
      left < 50
        ? {
            name: 'ptys',
            status: 'warning',
            message: `only ${left} of ${ptys} left`,
            fix: 'sudo sysctl -w kernel.pty.max=8192',
          }
        : { name: 'ptys', status: 'ok', message: `${left} of ${ptys} left` },
    )
  }
  if (inotify !== undefined) {
    results.push(
      inotify < 128
        ? {
            name: 'inotify',
            status: 'warning',
            message: `${inotify} instances: few agents can be followed at once`,
            fix: 'sudo sysctl -w fs.inotify.max_user_instances=1024',
          }
        : { name: 'inotify', status: 'ok', message: `${inotify} instances` },
    )
  }
  return results
}

/** `mode` is what it is to have, `forbidden` the permissions that are a problem. A home may be a symlink, a file in it may not. */
function privateTo(path: string, name: string, mode: number, forbidden: number): CheckResult | undefined {
  const link = lstatSync(path, { throwIfNoEntry: false })
  if (!link) return undefined
  if (link.isSymbolicLink() && name !== 'home') {
    return {
      name,
      status: 'problem',
      message: `${path} is a symlink: what it points to could be anyone's`,
      fix: `cp --remove-destination "$(readlink -f ${path})" ${path}`,
    }
  }
  const stats = statSync(path)
  if (stats.uid !== process.getuid?.()) {
    return {
      name,
      status: 'problem',
      message: `${path} belongs to another user`,
      fix: `sudo chown -R "$USER" ${path}`,
    }
  }
  if ((stats.mode & forbidden) === 0) return { name, status: 'ok', message: path }
  return {
    name,
    status: 'problem',
    message: `others can ${(stats.mode & OTHER_WRITERS) === 0 ? 'read' : 'change'} ${path}`,
    fix: `chmod ${mode.toString(8)} ${path}`,
    repair: async () => chmodSync(path, mode),
  }
}

function readNumber(path: string): number | undefined {
  try {
    return Number(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}
