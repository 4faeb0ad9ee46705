import { accessSync, constants, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { LimitName } from '@agentvm/sdk'
import { type CgroupParents, findCgroupParents } from '../../system/cgroups/find.ts'
import { exec } from '../../system/exec.ts'
import { makePrivateDir, writeFileAtomic } from '../../system/files.ts'
import { bootId } from '../../system/processes.ts'
import { shortly } from '../../system/shortly.ts'
import type { Context } from '../context.ts'

/** What bounds an agent as a whole here, the strongest that there is. */
export type LimitMechanism =
  | {
      /** systemd makes a scope for the agent. */
      kind: 'systemd'
      /** `systemd-run` and the options that say whose manager is asked. */
      command: [string, ...string[]]
      /** Variables that it needs. */
      env: Record<string, string>
    }
  | { kind: 'cgroup'; parents: CgroupParents }
  | { kind: 'none' }

/** Where what was found about systemd is kept for this boot. */
const CACHE = 'limits.json'

/** Finds the strongest mechanism of this machine for this user. Agents that are started together share the look. */
export function findLimitMechanism(context: Context): Promise<LimitMechanism> {
  return shortly(context, 'limits', () => lookForMechanism(context))
}

async function lookForMechanism(context: Context): Promise<LimitMechanism> {
  if (process.platform !== 'linux') return { kind: 'none' }
  const systemd = await workingSystemd(context)
  if (systemd) return systemd
  const parents = findCgroupParents()
  return parents ? { kind: 'cgroup', parents } : { kind: 'none' }
}

/** Which limits a mechanism keeps for an agent as a whole. */
export function limitsOf(mechanism: LimitMechanism): LimitName[] {
  if (mechanism.kind === 'systemd') return ['memory', 'processes', 'cpus']
  if (mechanism.kind === 'none') return []
  const { memory, pids, cpu } = mechanism.parents.folders
  return [
    ...(memory ? (['memory'] as const) : []),
    ...(pids ? (['processes'] as const) : []),
    ...(cpu ? (['cpus'] as const) : []),
  ]
}

/** The mechanism in words, for people. */
export function mechanismName(mechanism: LimitMechanism): string {
  if (mechanism.kind === 'systemd') return 'systemd scope'
  return mechanism.kind === 'cgroup' ? `cgroup v${mechanism.parents.version}` : 'rlimits'
}

/** systemd, if it is there and has really started a scope in this boot. */
async function workingSystemd({ home, caller }: Context): Promise<LimitMechanism | undefined> {
  const isRoot = process.getuid?.() === 0
  const runtime = caller.XDG_RUNTIME_DIR ?? ''
  const socket = isRoot ? '/run/systemd/private' : join(runtime, 'systemd', 'private')
  const program = findOnPath('systemd-run', caller.PATH ?? '')
  if (!program || (!isRoot && runtime === '') || !isReachable(socket)) return undefined
  const mechanism: LimitMechanism = {
    kind: 'systemd',
    command: [program, ...(isRoot ? [] : ['--user']), '--scope', '--quiet', '--collect'],
    env: isRoot
      ? {}
      : {
          XDG_RUNTIME_DIR: runtime,
          DBUS_SESSION_BUS_ADDRESS: caller.DBUS_SESSION_BUS_ADDRESS ?? `unix:path=${join(runtime, 'bus')}`,
        },
  }
  const cache = join(home.cache, CACHE)
  const key = `${bootId()} ${process.getuid?.()}`
  const known = readCache(cache, key)
  if (known !== undefined) return known ? mechanism : undefined
  const works = await startsScope(mechanism)
  makePrivateDir(home.cache)
  writeFileAtomic(cache, JSON.stringify({ key, works }))
  return works ? mechanism : undefined
}

async function startsScope({ command, env }: LimitMechanism & { kind: 'systemd' }): Promise<boolean> {
  try {
    await exec([...command, '-p', 'TasksMax=64', '-p', 'MemoryMax=256M', '--', '/bin/sh', '-c', ':'], {
      env: { PATH: '/usr/bin:/bin', ...env },
      timeout: 5_000,
    })
    return true
  } catch {
    return false
  }
}

function readCache(path: string, key: string): boolean | undefined {
  try {
    const cached = JSON.parse(readFileSync(path, 'utf8')) as { key?: string; works?: boolean }
    return cached.key === key ? cached.works : undefined
  } catch {
    return undefined
  }
}

function isReachable(socket: string): boolean {
  try {
    accessSync(socket, constants.W_OK)
    return true
  } catch {
    return false
  }
}

function findOnPath(name: string, searchPath: string): string | undefined {
  return searchPath
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK)
        return true
      } catch {
        return false
      }
    })
}
