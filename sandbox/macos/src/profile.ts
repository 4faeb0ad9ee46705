import type { SandboxPolicy } from '@agentvm/sdk'

/** A Seatbelt profile and the values of its parameters. Paths are only ever parameters: none is pasted into the text. */
export interface SeatbeltProfile {
  text: string
  /** For `sandbox-exec -D NAME=VALUE`, in order. */
  parameters: [string, string][]
}

/** Services that command-line programs look up to work at all: users, DNS, time zones, certificates, logging. */
const MACH_SERVICES = [
  'com.apple.SecurityServer',
  'com.apple.bsd.dirhelper',
  'com.apple.cfprefsd.agent',
  'com.apple.cfprefsd.daemon',
  'com.apple.dnssd.service',
  'com.apple.logd',
  'com.apple.mDNSResponder',
  'com.apple.ocspd',
  'com.apple.system.logger',
  'com.apple.system.notification_center',
  'com.apple.system.opendirectoryd.libinfo',
  'com.apple.system.opendirectoryd.membership',
  'com.apple.trustd',
  'com.apple.trustd.agent',
]

/** What programs ask the kernel about the machine. */
const SYSCTLS = ['hw.', 'kern.', 'machdep.cpu.', 'net.routetable', 'sysctl.proc_', 'vm.']

const DEVICES_READ = ['/dev/random', '/dev/urandom', '/dev/zero']
const DEVICES_WRITE = ['/dev/null', '/dev/tty', '/dev/dtracehelper']

/** The profile of a policy: everything is denied but what follows. */
export function seatbeltProfile(policy: SandboxPolicy): SeatbeltProfile {
  const parameters: [string, string][] = []
  const subpaths = (paths: readonly string[], prefix: string) =>
    paths.map((path, index) => {
      const name = `${prefix}_${index}`
      parameters.push([name, path])
      return `(subpath (param "${name}"))`
    })
  const system = subpaths(sources(policy.system.readOnly), 'SYSTEM')
  const readable = subpaths(sources(policy.readOnly), 'READ')
  const writable = subpaths(sources([policy.workspace, policy.home, ...policy.readWrite]), 'WRITE')
  const kept = subpaths(policy.protect, 'PROTECT')
  const sockets = subpaths(sources(policy.sockets), 'SOCKET')
  const text = [
    '(version 1)',
    '(deny default)',
    ';; processes: start programs, see and signal only the sandbox itself',
    '(allow process-exec process-fork)',
    '(allow signal (target same-sandbox))',
    '(allow process-info* (target same-sandbox))',
    ';; the kernel and services',
    `(allow sysctl-read ${SYSCTLS.map((name) => `(sysctl-name-prefix "${name}")`).join(' ')})`,
    `(allow mach-lookup ${MACH_SERVICES.map((name) => `(global-name "${name}")`).join(' ')})`,
    ';; files',
    '(allow file-read-metadata)',
    '(allow file-read* (literal "/"))',
    rule('file-read* file-map-executable', [...system, ...readable, ...writable]),
    rule('file-write*', writable),
    literals('file-read*', DEVICES_READ),
    literals('file-read* file-write-data file-ioctl', DEVICES_WRITE),
    ...(policy.tty ? ['(allow file-read* file-write-data file-ioctl (regex #"^/dev/ttys[0-9]+$"))'] : []),
    '(allow pseudo-tty)',
    '(allow file-read* file-write* file-ioctl (literal "/dev/ptmx"))',
    kept.length > 0 ? `(deny file-write* ${kept.join(' ')})` : '',
    ';; network',
    ...network(policy, sockets),
  ]
  return { text: `${text.filter((line) => line !== '').join('\n')}\n`, parameters }
}

/** Unix sockets are never open but for those that the policy names, whatever the network is. */
function network(policy: SandboxPolicy, sockets: string[]): string[] {
  const unix = sockets.length > 0 ? [`(allow network-outbound ${sockets.join(' ')})`] : []
  if (policy.network.mode === 'none') return unix
  return [
    '(allow system-socket)',
    '(allow network-outbound (remote ip))',
    '(allow network-inbound (local ip))',
    '(allow network-bind (local ip))',
    '(allow network-outbound (literal "/private/var/run/mDNSResponder"))',
    ...unix,
  ]
}

function rule(operations: string, filters: readonly string[]): string {
  return filters.length > 0 ? `(allow ${operations} ${filters.join(' ')})` : ''
}

function literals(operations: string, paths: readonly string[]): string {
  return rule(
    operations,
    paths.map((path) => `(literal "${path}")`),
  )
}

function sources(mounts: readonly { source: string }[]): string[] {
  return mounts.map(({ source }) => source)
}
