import { chmodSync, existsSync, lstatSync, statfsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { ANYONE_ELSE, OTHER_WRITERS } from '../../settings/env-file-read.ts'
import { readSmallFile } from '../../system/proc-stat.ts'
import type { Context } from '../context.ts'
import type { CheckResult } from './check.ts'

/** Free space below which agents will soon fail. */
const LITTLE_SPACE = 1024 ** 3
/** What the kernel allows a user where nobody has changed it. */
const FEW_WATCHES = 128

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

/** Checks how many programs can watch files at once. One agentvm that follows logs takes one for all of them, an agent's own tools may take several. */
export function checkWatches(): CheckResult[] {
  const name = 'inotify'
  const most = Number(readSmallFile('/proc/sys/fs/inotify/max_user_instances') ?? Number.NaN)
  if (Number.isNaN(most)) return []
  if (most >= FEW_WATCHES) return [{ name, status: 'ok', message: `${most} instances` }]
  return [
    {
      name,
      status: 'warning',
      message: `${most} instances: few programs can watch files at once`,
      fix: 'sudo sysctl -w fs.inotify.max_user_instances=1024',
    },
  ]
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
