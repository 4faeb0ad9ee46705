import { accessSync, constants, existsSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'

/** What this machine has, as far as the arguments depend on it. Found once; `wrap` is pure over it. */
export interface HostFacts {
  /** Absolute path of podman, or undefined if it isn't installed. */
  podman: string | undefined
  /** What starts the containers; undefined if neither is installed. */
  runtime: Runtime | undefined
  isRoot: boolean
  /** The machine's architecture in the words of `process.arch`. */
  arch: string
  /** Absolute path of socat, the same inside, or undefined if it isn't where every sandbox sees it. */
  socat: string | undefined
  /** The same for setsid. */
  setsid: string | undefined
  /** Open files of a process and processes of the user, at most: podman's own defaults are higher than some machines allow. */
  hard: { nofile: string; nproc: string }
  /** Paths below /proc to hide, as far as this kernel has them. */
  masked: string[]
  /** podman's own environment. */
  env: Record<string, string>
}

/** An OCI runtime. crun leaves the container in the control group of its caller, where agentvm's bounds are; runc can't. */
interface Runtime {
  name: 'crun' | 'runc'
  path: string
}

/** podman bounds itself to this many processes before it starts anything. */
const PODMANS_OWN = 32_768

const USUAL_FOLDERS = ['/usr/bin', '/usr/local/bin', '/usr/sbin', '/run/current-system/sw/bin']

/** They tell of the kernel's memory, keys and timers, and podman shows some of them. */
const MASKED = [
  ...['acpi', 'asound', 'iomem', 'ioports', 'kallsyms', 'kcore', 'key-users', 'keys', 'kmsg', 'kpagecgroup'],
  ...['kpagecount', 'kpageflags', 'latency_stats', 'pagetypeinfo', 'sched_debug', 'scsi', 'slabinfo'],
  ...['timer_list', 'vmallocinfo'],
]

/** Looks at the machine. */
export function findHostFacts(environment: NodeJS.ProcessEnv = process.env): HostFacts {
  const searchPath = environment.PATH ?? ''
  const isRoot = process.getuid?.() === 0
  const kept = ['HOME', 'XDG_RUNTIME_DIR', 'XDG_DATA_HOME', 'XDG_CONFIG_HOME']
  return {
    podman: find('podman', searchPath),
    runtime: findRuntime(searchPath),
    isRoot,
    arch: process.arch,
    socat: findInside('socat', searchPath),
    setsid: findInside('setsid', searchPath),
    hard: { nofile: hardLimit('open files'), nproc: lowest(hardLimit('processes'), PODMANS_OWN) },
    masked: MASKED.map((name) => `/proc/${name}`).filter((path) => existsSync(path)),
    env: {
      PATH: USUAL_FOLDERS.concat('/bin', '/sbin').join(':'),
      ...Object.fromEntries(kept.flatMap((name) => pairOf(name, environment[name]))),
    },
  }
}

function pairOf(name: string, value: string | undefined): [string, string][] {
  return value ? [[name, value]] : []
}

/** crun, unless this machine has both versions of control groups with controllers in both: crun refuses those. */
function findRuntime(searchPath: string): Runtime | undefined {
  const [crun, runc] = [find('crun', searchPath), find('runc', searchPath)]
  const hybrid = read('/sys/fs/cgroup/unified/cgroup.controllers').trim() !== ''
  if (runc && (hybrid || !crun)) return { name: 'runc', path: runc }
  return crun ? { name: 'crun', path: crun } : undefined
}

/** A hard limit of this process, as `podman --ulimit` takes it. */
function hardLimit(name: string): string {
  const hard = new RegExp(`^Max ${name} +\\S+ +(\\d+)`, 'm').exec(read('/proc/self/limits'))?.[1]
  return hard ?? '-1'
}

function lowest(limit: string, most: number): string {
  return limit === '-1' ? String(most) : String(Math.min(Number(limit), most))
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}

/** A program of the system's own folders, which every sandbox has, by its real path. */
function findInside(name: string, searchPath: string): string | undefined {
  return candidates(name, searchPath)
    .map((path) => realpathSync(path))
    .find((path) => /^\/(usr|bin|sbin|nix\/store|gnu\/store)\//.test(path))
}

function find(name: string, searchPath: string): string | undefined {
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
