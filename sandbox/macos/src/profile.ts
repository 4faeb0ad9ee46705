import type { SandboxPolicy } from '@agentvm/sdk'
import { foldersAbove } from './folders-above.ts'
import { networkRules } from './network-rules.ts'
import { Parameters } from './parameters.ts'
import { allow, deny, named } from './rules.ts'
import { BASE_SERVICES, NETWORK_SERVICES, SYSCTL_PREFIXES, SYSCTLS } from './system-services.ts'

/** A Seatbelt profile and the values of its parameters. */
export interface SeatbeltProfile {
  text: string
  /** For `sandbox-exec -D NAME=VALUE`, in order. */
  parameters: [name: string, path: string][]
}

/** Links and folders through which nearly every path of a Mac leads. */
const CROSSROADS = ['/', '/dev', '/etc', '/private', '/private/tmp', '/private/var', '/tmp', '/var']

const DEVICES_READ = ['/dev/random', '/dev/urandom', '/dev/zero']
const DEVICES_WRITE = ['/dev/dtracehelper', '/dev/null', '/dev/tty']

/** The profile of a policy: everything is denied but what follows. Of the rules that match, the last one wins. */
export function seatbeltProfile(policy: SandboxPolicy): SeatbeltProfile {
  const parameters = new Parameters()
  const sources = (mounts: readonly { source: string }[]) => mounts.map(({ source }) => source)
  const roots = sources([policy.workspace, policy.home, ...policy.readWrite])
  const system = parameters.subpaths('SYSTEM', sources(policy.system.readOnly))
  const readable = parameters.subpaths('READ', sources(policy.readOnly))
  const writable = parameters.subpaths('WRITE', roots)
  const sockets = parameters.subpaths('SOCKET', sources(policy.sockets))
  const above = parameters.literals('ABOVE', foldersAbove(parameters.list.map(([, path]) => path)))
  const kept = parameters.subpaths('PROTECT', policy.protect)
  const pinned = parameters.literals('PIN', foldersAbove(policy.protect, roots))
  const services = policy.network.mode === 'host' ? [...BASE_SERVICES, ...NETWORK_SERVICES] : BASE_SERVICES
  const sections = [
    '(version 1)\n(deny default)',
    '; processes: runs what it can read, signals and inspects only its own',
    '(allow process-fork)',
    allow('process-exec', [...system, ...readable, ...writable]),
    '(allow signal (target same-sandbox))',
    '(allow process-info* (target same-sandbox))',
    '; the kernel and services',
    allow('sysctl-read', [...named('sysctl-name', SYSCTLS), ...named('sysctl-name-prefix', SYSCTL_PREFIXES)]),
    allow('mach-lookup', named('global-name', services)),
    '; locks of multiprocessing libraries',
    '(allow ipc-posix-sem)',
    '; files: the volume of the users lies below /System a second time',
    allow('file-read-metadata', [...named('literal', CROSSROADS), ...above]),
    '(allow file-read-data (literal "/"))',
    allow('file-read* file-map-executable', system),
    deny('file-read* process-exec', named('subpath', ['/System/Volumes/Data'])),
    allow('file-read* file-map-executable', [...readable, ...writable]),
    allow('file-read*', sockets),
    allow('file-write*', writable),
    '; what stays read-only, and the folders above it, which can not be moved away',
    deny('file-write*', kept),
    deny('file-write-unlink', pinned),
    '; devices and terminals: its own terminal is open already, others can not be opened',
    allow('file-read*', named('literal', DEVICES_READ)),
    allow('file-read* file-write-data file-ioctl', [
      ...named('literal', DEVICES_WRITE),
      ...named('subpath', ['/dev/fd']),
    ]),
    '(allow pseudo-tty)',
    allow('file-read* file-write* file-ioctl', [
      '(literal "/dev/ptmx")',
      '(require-all (regex #"^/dev/ttys[0-9]+$") (extension "com.apple.sandbox.pty"))',
    ]),
    policy.tty ? '(allow file-ioctl (regex #"^/dev/ttys[0-9]+$"))' : '',
    '; network',
    ...networkRules(policy.network, sockets),
  ]
  return { text: `${sections.filter((section) => section !== '').join('\n')}\n`, parameters: parameters.list }
}
