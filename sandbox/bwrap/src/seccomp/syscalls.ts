/** An architecture that there is a filter for, in the words of `process.arch`. */
export type Architecture = 'x64' | 'arm64'

/** What the kernel calls the architectures (linux/audit.h). */
export const AUDIT_ARCH: Record<Architecture, number> = { x64: 0xc000_003e, arm64: 0xc000_00b7 }

/** The highest system call that the rules know, `mseal`. What comes after it is new, and closed until somebody has looked at it. */
export const LAST_KNOWN = 462

/** From here on x86-64 numbers are those of the x32 ABI. */
export const FIRST_X32 = 0x4000_0000

/** Numbers on x86-64 and arm64 of the system calls that the rules name. One number: an arm64 that never had the call. */
const NUMBERS = {
  _sysctl: [156],
  acct: [163, 89],
  add_key: [248, 217],
  adjtimex: [159, 171],
  bpf: [321, 280],
  chmod: [90],
  chroot: [161, 51],
  clock_adjtime: [305, 266],
  clock_settime: [227, 112],
  clone: [56, 220],
  clone3: [435, 435],
  creat: [85],
  create_module: [174],
  delete_module: [176, 106],
  fanotify_init: [300, 262],
  fanotify_mark: [301, 263],
  fchmod: [91, 52],
  fchmodat: [268, 53],
  fchmodat2: [452, 452],
  finit_module: [313, 273],
  fsconfig: [431, 431],
  fsmount: [432, 432],
  fsopen: [430, 430],
  fspick: [433, 433],
  get_kernel_syms: [177],
  init_module: [175, 105],
  io_uring_enter: [426, 426],
  io_uring_register: [427, 427],
  io_uring_setup: [425, 425],
  ioctl: [16, 29],
  ioperm: [173],
  iopl: [172],
  kcmp: [312, 272],
  kexec_file_load: [320, 294],
  kexec_load: [246, 104],
  keyctl: [250, 219],
  listmount: [458, 458],
  lookup_dcookie: [212, 18],
  lsm_get_self_attr: [459, 459],
  lsm_list_modules: [461, 461],
  lsm_set_self_attr: [460, 460],
  migrate_pages: [256, 238],
  mknod: [133],
  mknodat: [259, 33],
  modify_ldt: [154],
  mount: [165, 40],
  mount_setattr: [442, 442],
  move_mount: [429, 429],
  move_pages: [279, 239],
  nfsservctl: [180, 42],
  open: [2],
  open_by_handle_at: [304, 265],
  open_tree: [428, 428],
  openat: [257, 56],
  openat2: [437, 437],
  perf_event_open: [298, 241],
  personality: [135, 92],
  pidfd_getfd: [438, 438],
  pivot_root: [155, 41],
  process_madvise: [440, 440],
  process_vm_readv: [310, 270],
  process_vm_writev: [311, 271],
  ptrace: [101, 117],
  query_module: [178],
  quotactl: [179, 60],
  quotactl_fd: [443, 443],
  reboot: [169, 142],
  request_key: [249, 218],
  setdomainname: [171, 162],
  sethostname: [170, 161],
  setns: [308, 268],
  settimeofday: [164, 170],
  socket: [41, 198],
  socketpair: [53, 199],
  statmount: [457, 457],
  swapoff: [168, 225],
  swapon: [167, 224],
  sysfs: [139],
  syslog: [103, 116],
  umount2: [166, 39],
  unshare: [272, 97],
  uselib: [134],
  userfaultfd: [323, 282],
  vhangup: [153, 58],
} satisfies Record<string, [number, number?]>

/** The name of a system call that the rules know. */
export type Syscall = keyof typeof NUMBERS

/** A system call's number, or undefined where the architecture has no such call. */
export function syscallNumber(name: Syscall, arch: Architecture): number | undefined {
  const [x64, arm64] = NUMBERS[name] as [number, number?]
  return arch === 'x64' ? x64 : arm64
}
