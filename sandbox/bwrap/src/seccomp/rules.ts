import type { Syscall } from './syscalls.ts'

/** Error numbers, the same on both architectures. */
export const ERRNO = { EPERM: 1, ENOSYS: 38, EPROTONOSUPPORT: 93, EAFNOSUPPORT: 97 } as const

/** What a rule does with a call. */
export type Verdict = 'allow' | keyof typeof ERRNO

/** Something that holds for the low 32 bits of one argument, after `mask`. */
export interface ArgumentTest {
  /** Which argument, from 0. */
  arg: number
  mask?: number
  /** It is one of these, or has one of these bits. */
  is: { oneOf: number[] } | { anyBit: number }
}

/** A verdict that is reached if all tests hold. */
export interface Clause {
  when: ArgumentTest[]
  verdict: Verdict
}

/** Calls that are decided by their arguments: the first clause that holds, else `otherwise`. */
export interface ArgumentRule {
  syscall: Syscall
  clauses: Clause[]
  otherwise: Verdict
}

/** Calls that no agent needs. Their code is where a kernel is attacked from inside, or they reach beyond the sandbox. */
export const REFUSED: Partial<Record<Verdict, Syscall[]>> = {
  EPERM: [
    // Another view of the file system, or another root.
    ...([
      'mount',
      'umount2',
      'pivot_root',
      'chroot',
      'move_mount',
      'open_tree',
      'fsopen',
      'fsconfig',
    ] as const),
    ...(['fsmount', 'fspick', 'mount_setattr', 'open_by_handle_at', 'setns'] as const),
    // Other processes' memory and descriptors.
    ...([
      'ptrace',
      'process_vm_readv',
      'process_vm_writev',
      'process_madvise',
      'pidfd_getfd',
      'kcmp',
    ] as const),
    ...(['move_pages', 'migrate_pages'] as const),
    // Parts of the kernel with a history of holes.
    ...(['bpf', 'perf_event_open', 'userfaultfd', 'fanotify_init', 'fanotify_mark', 'modify_ldt'] as const),
    // Keys that are shared by all processes of a user.
    ...(['keyctl', 'add_key', 'request_key'] as const),
    // The machine itself.
    ...([
      'kexec_load',
      'kexec_file_load',
      'init_module',
      'finit_module',
      'delete_module',
      'create_module',
    ] as const),
    ...([
      'query_module',
      'get_kernel_syms',
      'swapon',
      'swapoff',
      'reboot',
      'acct',
      'quotactl',
      'quotactl_fd',
    ] as const),
    ...([
      'nfsservctl',
      '_sysctl',
      'uselib',
      'sysfs',
      'vhangup',
      'iopl',
      'ioperm',
      'syslog',
      'lookup_dcookie',
    ] as const),
    ...([
      'settimeofday',
      'clock_settime',
      'clock_adjtime',
      'adjtimex',
      'sethostname',
      'setdomainname',
    ] as const),
  ],
  // A program takes another way where the kernel is too old. The first two hide what has to be looked at in a structure.
  ENOSYS: [
    ...(['clone3', 'openat2', 'io_uring_setup', 'io_uring_enter', 'io_uring_register'] as const),
    ...(['statmount', 'listmount', 'lsm_get_self_attr', 'lsm_set_self_attr', 'lsm_list_modules'] as const),
  ],
}

/** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET. */
const NAMESPACE_FLAGS = 0x7e02_0000
/** CLONE_NEWTIME. In `clone` the same bit is part of the exit signal. */
const NEW_TIME_NAMESPACE = 0x80

const SETUID_OR_SETGID = 0o6000
/** O_CREAT, and the bit of O_TMPFILE that is its own: only with one of them a mode is heeded. */
const CREATES = 0o100 | 0o20000000

const AF = { UNIX: 1, INET: 2, INET6: 10, NETLINK: 16 }
/** The part of a socket's type that isn't a flag. */
const TYPE_MASK = 0xf
const STREAM_OR_DATAGRAM: ArgumentTest = { arg: 1, mask: TYPE_MASK, is: { oneOf: [1, 2] } }
/** The default, ICMP (an unprivileged ping), TCP, UDP and ICMPv6. */
const USUAL_PROTOCOLS = [0, 1, 6, 17, 58]

/** TIOCSTI types into the terminal, TIOCLINUX pastes, TIOCSETD loads line disciplines, TIOCCONS takes the console. */
const TERMINAL_ATTACKS = [0x5412, 0x541c, 0x5423, 0x541d]

/** PER_LINUX, PER_LINUX32, both with UNAME26, and the question which one holds. */
const PERSONALITIES = [0, 8, 0x0002_0000, 0x0002_0008, 0xffff_ffff]

/** A file that runs with its owner's rights; of an agent that root started, the owner is root. */
const makesSetuid = (syscall: Syscall, mode: number, flags?: number): ArgumentRule => ({
  syscall,
  clauses: [
    {
      when: [
        ...(flags === undefined ? [] : [{ arg: flags, is: { anyBit: CREATES } }]),
        { arg: mode, is: { anyBit: SETUID_OR_SETGID } },
      ],
      verdict: 'EPERM',
    },
  ],
  otherwise: 'allow',
})

const refuses = (syscall: Syscall, arg: number, is: ArgumentTest['is']): ArgumentRule => ({
  syscall,
  clauses: [{ when: [{ arg, is }], verdict: 'EPERM' }],
  otherwise: 'allow',
})

/** Calls that agents need, but not in every form. */
export const BY_ARGUMENTS: ArgumentRule[] = [
  refuses('clone', 0, { anyBit: NAMESPACE_FLAGS }),
  refuses('unshare', 0, { anyBit: NAMESPACE_FLAGS | NEW_TIME_NAMESPACE }),
  refuses('ioctl', 1, { oneOf: TERMINAL_ATTACKS }),
  {
    syscall: 'personality',
    clauses: [{ when: [{ arg: 0, is: { oneOf: PERSONALITIES } }], verdict: 'allow' }],
    otherwise: 'EPERM',
  },
  {
    syscall: 'socket',
    clauses: [
      { when: [{ arg: 0, is: { oneOf: [AF.UNIX] } }], verdict: 'allow' },
      {
        when: [
          { arg: 0, is: { oneOf: [AF.INET, AF.INET6] } },
          STREAM_OR_DATAGRAM,
          { arg: 2, is: { oneOf: USUAL_PROTOCOLS } },
        ],
        verdict: 'allow',
      },
      {
        when: [{ arg: 0, is: { oneOf: [AF.INET, AF.INET6] } }, STREAM_OR_DATAGRAM],
        verdict: 'EPROTONOSUPPORT',
      },
      { when: [{ arg: 0, is: { oneOf: [AF.INET, AF.INET6] } }], verdict: 'EPERM' },
      // Routes only: libc and Node list the interfaces by it.
      {
        when: [
          { arg: 0, is: { oneOf: [AF.NETLINK] } },
          { arg: 2, is: { oneOf: [0] } },
        ],
        verdict: 'allow',
      },
      { when: [{ arg: 0, is: { oneOf: [AF.NETLINK] } }], verdict: 'EPROTONOSUPPORT' },
    ],
    otherwise: 'EAFNOSUPPORT',
  },
  {
    syscall: 'socketpair',
    clauses: [{ when: [{ arg: 0, is: { oneOf: [AF.UNIX] } }], verdict: 'allow' }],
    otherwise: 'EAFNOSUPPORT',
  },
  makesSetuid('chmod', 1),
  makesSetuid('fchmod', 1),
  makesSetuid('fchmodat', 2),
  makesSetuid('fchmodat2', 2),
  makesSetuid('creat', 1),
  makesSetuid('mknod', 1),
  makesSetuid('mknodat', 2),
  makesSetuid('open', 2, 1),
  makesSetuid('openat', 3, 2),
]
