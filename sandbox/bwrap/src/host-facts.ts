import { accessSync, constants, existsSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'

/** What this machine has, as far as the arguments depend on it. Found once; `wrap` is pure over it. */
export interface HostFacts {
  /** Absolute path of bubblewrap, or undefined if it isn't installed. */
  bwrap: string | undefined
  /** The machine's architecture in the words of `process.arch`. */
  arch: string
  /** Absolute path of socat, the same inside, or undefined if it isn't installed where every sandbox sees it. */
  socat: string | undefined
  /** The same for setsid. */
  setsid: string | undefined
  /**
   * How the processes of an agent can be bounded without a control group: by this program (util-linux's prlimit), to this
   * many at most. Undefined if it isn't installed, and for root, whom the kernel exempts.
   */
  processBound: { prlimit: string; most: number } | undefined
  /** Files below /proc to hide, as far as this kernel has them. */
  maskedFiles: string[]
  /** Folders below /proc to hide. */
  maskedFolders: string[]
  /** Paths below /proc that stay readable but not writable: as root they would be writable. */
  readOnlyProc: string[]
}

/** Places where bubblewrap is found when the caller's PATH is short. */
const USUAL_FOLDERS = ['/usr/bin', '/usr/local/bin', '/run/current-system/sw/bin']

/** They tell of the kernel's memory, keys and timers; for agents of root the kernel keeps none of them closed. */
const MASKED_FILES = [
  ...['iomem', 'ioports', 'kallsyms', 'kcore', 'key-users', 'keys', 'kmsg', 'kpagecgroup', 'kpagecount'],
  ...['kpageflags', 'latency_stats', 'pagetypeinfo', 'sched_debug', 'slabinfo', 'timer_list', 'vmallocinfo'],
]
const MASKED_FOLDERS = ['acpi', 'asound', 'scsi']
const READ_ONLY = ['bus', 'driver', 'fs', 'irq', 'mtrr', 'sys', 'sysrq-trigger', 'pressure']

/** Looks at the machine. */
export function findHostFacts(searchPath = process.env.PATH ?? ''): HostFacts {
  const inProc = (names: string[]) => names.map((name) => `/proc/${name}`).filter((path) => existsSync(path))
  return {
    bwrap: findProgram('bwrap', searchPath),
    arch: process.arch,
    socat: findInside('socat', searchPath),
    setsid: findInside('setsid', searchPath),
    processBound: findProcessBound(),
    maskedFiles: inProc(MASKED_FILES),
    maskedFolders: inProc(MASKED_FOLDERS),
    readOnlyProc: inProc(READ_ONLY),
  }
}

/** A program of the system's own folders, which every sandbox has: by its real path, since a link elsewhere is not inside. */
function findInside(name: string, searchPath: string): string | undefined {
  const real = candidates(name, searchPath).map((path) => realpathSync(path))
  return real.find((path) => /^\/(usr|bin|sbin|nix\/store|gnu\/store)\//.test(path))
}

function findProcessBound(): HostFacts['processBound'] {
  const prlimit = findInside('prlimit', '')
  if (!prlimit || process.getuid?.() === 0) return undefined
  const hard = /^Max processes +\S+ +(\d+)/m.exec(readLimits())?.[1]
  return { prlimit, most: hard === undefined ? Number.MAX_SAFE_INTEGER : Number(hard) }
}

function readLimits(): string {
  try {
    return readFileSync('/proc/self/limits', 'latin1')
  } catch {
    return ''
  }
}

function findProgram(name: string, searchPath: string): string | undefined {
  return candidates(name, searchPath)[0]
}

function candidates(name: string, searchPath: string): string[] {
  return [...searchPath.split(delimiter).filter((folder) => isAbsolute(folder)), ...USUAL_FOLDERS]
    .map((folder) => join(folder, name))
    .filter((path) => {
      try {
        accessSync(path, constants.X_OK)
        return statSync(path).isFile()
      } catch {
        return false
      }
    })
}
