import { execFile } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { promisify } from 'node:util'
import type { ProbeResult } from '@agentvm/sdk'
import type { HostFacts } from './host-facts.ts'
import { RESTORE_SIGNALS } from './inner-command.ts'
import { namespaces } from './namespaces.ts'
import { privateFolders } from './private-folders.ts'
import { explainRefusal, type Machine } from './refusals.ts'
import { hasFilter, seccompFilter } from './seccomp/filter.ts'

const run = promisify(execFile)

const SETUID = 0o4000

/** Enough of the system to start env. */
const SYSTEM = ['/usr', '/bin', '/lib', '/lib64', '/nix/store', '/gnu/store']

/** Whether bubblewrap works here: really starts a sandbox with all that every policy asks of the machine. */
export async function probe(facts: HostFacts): Promise<ProbeResult> {
  const { bwrap, arch } = facts
  if (process.platform !== 'linux') return { ok: false, reason: 'bubblewrap works on Linux only' }
  if (!hasFilter(arch))
    return { ok: false, reason: `there is no system call filter for the architecture ${arch} yet` }
  if (!bwrap) {
    return {
      ok: false,
      reason: 'bubblewrap is not installed',
      fix: 'sudo apt install bubblewrap   (or: dnf, pacman, zypper, apk)',
    }
  }
  const start = run(bwrap, smallest(facts), { env: {}, timeout: 10_000 })
  start.child.stdin?.on('error', () => {})
  start.child.stdin?.end(seccompFilter(arch))
  try {
    const [version] = await Promise.all([run(bwrap, ['--version'], { env: {}, timeout: 10_000 }), start])
    return { ok: true, version: version.stdout.trim() }
  } catch (error) {
    const { stderr } = error as { stderr?: string }
    return explainRefusal(stderr || String(error), thisMachine(bwrap))
  }
}

/** Settings of the kernel, and what confines us, by which bubblewrap may be refused what it was allowed before. */
const DECIDING = [
  '/proc/sys/kernel/unprivileged_userns_clone',
  '/proc/sys/kernel/apparmor_restrict_unprivileged_userns',
  '/proc/sys/user/max_user_namespaces',
  '/proc/self/attr/current',
  '/proc/self/uid_map',
]

/** What the answer of {@link probe} depends on: bubblewrap itself, and the kernel's settings. */
export function probeDependsOn({ bwrap, arch }: HostFacts): string {
  const program = bwrap === undefined ? undefined : statSync(bwrap, { throwIfNoEntry: false })
  const { dev, ino, size, mtimeMs, mode } = program ?? {}
  return JSON.stringify([bwrap, arch, dev, ino, size, mtimeMs, mode, ...DECIDING.map(readIfThere)])
}

function smallest(facts: HostFacts): string[] {
  return [
    ...namespaces({
      user: { uid: 1000, gid: 1000, name: 'agent' },
      hostname: 'probe',
      network: { mode: 'none' },
      tty: false,
    }),
    ...privateFolders({ tmpSize: 65_536, shmSize: 65_536 }, facts),
    ...SYSTEM.flatMap((path) => ['--ro-bind-try', path, path]),
    ...['--seccomp', '0', '--', ...RESTORE_SIGNALS, '/usr/bin/env'],
  ]
}

function thisMachine(bwrap: string): Machine {
  return {
    bwrap,
    isRoot: process.getuid?.() === 0,
    isSetuid: ((statSync(bwrap, { throwIfNoEntry: false })?.mode ?? 0) & SETUID) !== 0,
    sysctl: (name) => readIfThere(`/proc/sys/${name.replaceAll('.', '/')}`),
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return undefined
  }
}
