/** A rule of an OCI seccomp profile. A call is decided by the rules of its name; conditions of one rule hold together. */
interface Rule {
  names: string[]
  action: 'SCMP_ACT_ERRNO'
  errnoRet: number
  args?: { index: number; value: number; valueTwo?: number; op: string }[]
}

const ERRNO = { EPERM: 1, ENOSYS: 38, EPROTONOSUPPORT: 93, EAFNOSUPPORT: 97 }

const ARCHITECTURES: Record<string, string> = { x64: 'SCMP_ARCH_X86_64', arm64: 'SCMP_ARCH_AARCH64' }

/** Calls that no agent needs: another view of files, other processes, keys, the machine, and parts of the kernel with a history of holes. */
const REFUSED = [
  ...['mount', 'umount2', 'pivot_root', 'chroot', 'move_mount', 'open_tree', 'fsopen', 'fsconfig', 'fsmount'],
  ...['fspick', 'mount_setattr', 'open_by_handle_at', 'setns', 'ptrace', 'process_vm_readv'],
  ...['process_vm_writev', 'process_madvise', 'pidfd_getfd', 'kcmp', 'move_pages', 'migrate_pages', 'bpf'],
  ...['perf_event_open', 'userfaultfd', 'fanotify_init', 'fanotify_mark', 'modify_ldt', 'keyctl', 'add_key'],
  ...['request_key', 'kexec_load', 'kexec_file_load', 'init_module', 'finit_module', 'delete_module'],
  ...['create_module', 'query_module', 'get_kernel_syms', 'swapon', 'swapoff', 'reboot', 'acct', 'quotactl'],
  ...['quotactl_fd', 'nfsservctl', '_sysctl', 'uselib', 'sysfs', 'vhangup', 'iopl', 'ioperm', 'syslog'],
  ...['lookup_dcookie', 'settimeofday', 'clock_settime', 'clock_adjtime', 'adjtimex', 'sethostname'],
  'setdomainname',
]
/** Calls whose arguments lie in a structure, or that a program does without: it takes another way. */
const ABSENT = ['clone3', 'openat2', 'io_uring_setup', 'io_uring_enter', 'io_uring_register']

const NAMESPACES = [0x2_0000, 0x200_0000, 0x400_0000, 0x800_0000, 0x1000_0000, 0x2000_0000, 0x4000_0000]
const NEW_TIME_NAMESPACE = 0x80
/** TIOCSTI, TIOCLINUX, TIOCSETD and TIOCCONS. */
const TERMINAL_ATTACKS = [0x5412, 0x541c, 0x5423, 0x541d]
const SETUID_AND_SETGID = [0o4000, 0o2000]
/** O_CREAT, and the bit of O_TMPFILE that is its own. */
const CREATES = [0o100, 0o20000000]

const FAMILIES = { unix: 1, inet: 2, inet6: 10, netlink: 16 }
/** Families of sockets that kernels know; any higher number is refused as such. */
const MOST_FAMILIES = 64
const TYPES = Array.from({ length: 16 }, (_, type) => type)
const USUAL_PROTOCOLS = [0, 1, 6, 17, 58]

const LOW_32 = 0xffff_ffff

type Test = NonNullable<Rule['args']>[number]
/** The low 32 bits: the kernel ignores the others where a number is an int. */
const is = (index: number, value: number, mask = LOW_32): Test => ({
  ...{ index, value: mask, valueTwo: value, op: 'SCMP_CMP_MASKED_EQ' },
})
const hasBit = (index: number, bit: number): Test => is(index, bit, bit)
const above = (index: number, value: number): Test => ({ index, value, op: 'SCMP_CMP_GT' })

const refuse = (names: string[], errnoRet: number, args?: Test[]): Rule => ({
  ...{ names, action: 'SCMP_ACT_ERRNO', errnoRet },
  ...(args ? { args } : {}),
})
const refuseAny = (name: string, tests: Test[], errno = ERRNO.EPERM): Rule[] =>
  tests.map((test) => refuse([name], errno, [test]))

/** Files with their owner's rights: of an agent that root started, the owner is root. */
const setuidRules = (name: string, mode: number, flags?: number): Rule[] =>
  SETUID_AND_SETGID.flatMap((bit) =>
    flags === undefined
      ? [refuse([name], ERRNO.EPERM, [hasBit(mode, bit)])]
      : CREATES.map((flag) => refuse([name], ERRNO.EPERM, [hasBit(flags, flag), hasBit(mode, bit)])),
  )

function socketRules(): Rule[] {
  const { unix, inet, inet6, netlink } = FAMILIES
  const others = Array.from({ length: MOST_FAMILIES }, (_, family) => family).filter(
    (family) => ![unix, inet, inet6, netlink].includes(family),
  )
  const unusual = Array.from({ length: 58 }, (_, n) => n).filter((n) => !USUAL_PROTOCOLS.includes(n))
  return [
    ...refuseAny(
      'socket',
      [...others.map((one) => is(0, one)), above(0, MOST_FAMILIES - 1)],
      ERRNO.EAFNOSUPPORT,
    ),
    ...[inet, inet6].flatMap((family) => [
      ...TYPES.filter((type) => type !== 1 && type !== 2).map((type) =>
        refuse(['socket'], ERRNO.EPERM, [is(0, family), is(1, type, 0xf)]),
      ),
      ...[...unusual.map((protocol) => is(2, protocol)), above(2, 58)].map((protocol) =>
        refuse(['socket'], ERRNO.EPROTONOSUPPORT, [is(0, family), protocol]),
      ),
    ]),
    refuse(['socket'], ERRNO.EPROTONOSUPPORT, [is(0, netlink), above(2, 0)]),
    ...refuseAny('socketpair', [is(0, 0), above(0, 1)], ERRNO.EAFNOSUPPORT),
  ]
}

/** Whether there is a profile for an architecture, in the words of `process.arch`. */
export function hasProfile(arch: string): boolean {
  return arch in ARCHITECTURES
}

/** The system call filter, as OCI runtimes take it. Calls of another architecture end the process. */
export function seccompProfile(arch: string): { syscalls: Rule[] } & Record<string, unknown> {
  return {
    defaultAction: 'SCMP_ACT_ALLOW',
    architectures: [ARCHITECTURES[arch]],
    syscalls: [
      refuse(REFUSED, ERRNO.EPERM),
      refuse(ABSENT, ERRNO.ENOSYS),
      ...refuseAny(
        'clone',
        NAMESPACES.map((flag) => hasBit(0, flag)),
      ),
      ...refuseAny(
        'unshare',
        [...NAMESPACES, NEW_TIME_NAMESPACE].map((flag) => hasBit(0, flag)),
      ),
      ...refuseAny(
        'ioctl',
        TERMINAL_ATTACKS.map((request) => is(1, request)),
      ),
      ...socketRules(),
      ...['chmod', 'fchmod', 'creat', 'mknod'].flatMap((name) => setuidRules(name, 1)),
      ...['fchmodat', 'fchmodat2', 'mknodat'].flatMap((name) => setuidRules(name, 2)),
      ...setuidRules('open', 2, 1),
      ...setuidRules('openat', 3, 2),
    ],
  }
}
