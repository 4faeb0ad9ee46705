import { type Probe, probesOf } from '../probe.ts'

/** Numbers on x86-64 and arm64 of calls that an agent must not reach, whatever its arguments. With -1 for each none of them does anything. */
const CALLS: Record<string, [number, number]> = {
  mount: [165, 40],
  umount2: [166, 39],
  pivot_root: [155, 41],
  chroot: [161, 51],
  move_mount: [429, 429],
  open_tree: [428, 428],
  fsopen: [430, 430],
  mount_setattr: [442, 442],
  setns: [308, 268],
  ptrace: [101, 117],
  process_vm_readv: [310, 270],
  process_vm_writev: [311, 271],
  pidfd_getfd: [438, 438],
  kcmp: [312, 272],
  bpf: [321, 280],
  perf_event_open: [298, 241],
  io_uring_setup: [425, 425],
  userfaultfd: [323, 282],
  fanotify_init: [300, 262],
  open_by_handle_at: [304, 265],
  clone3: [435, 435],
  openat2: [437, 437],
  keyctl: [250, 219],
  add_key: [248, 217],
  request_key: [249, 218],
  kexec_load: [246, 104],
  init_module: [175, 105],
  delete_module: [176, 106],
  swapon: [167, 224],
  swapoff: [168, 225],
  reboot: [169, 142],
  acct: [163, 89],
  quotactl: [179, 60],
  syslog: [103, 116],
  settimeofday: [164, 170],
  clock_settime: [227, 112],
  sethostname: [170, 161],
  setdomainname: [171, 162],
}

/** EPERM, ENOSYS, EACCES, EPROTONOSUPPORT and EAFNOSUPPORT: refused. Any other answer comes from the code behind. */
const REFUSED = '$! == 1 || $! == 38 || $! == 13 || $! == 93 || $! == 97'

/** sh that ends with 0 if the call gets through to the kernel's code. */
const reaches = (number: number, args: (number | string)[]) =>
  `perl -e 'my $r = syscall(${number}, ${args.join(', ')}); exit($r == -1 && (${REFUSED}) ? 1 : 0)'`

const NAMESPACES = { mnt: 0x2_0000, uts: 0x400_0000, ipc: 0x800_0000, pid: 0x2000_0000, net: 0x4000_0000 }
const NEW_USER = 0x1000_0000

/** Attacks by system calls, for an architecture in the words of `process.arch`; none for others. */
export function kernelProbes(arch: string): Probe[] {
  if (arch !== 'x64' && arch !== 'arm64') return []
  const at = arch === 'x64' ? 0 : 1
  const unshare = [272, 97][at] as number
  const ioctl = [16, 29][at] as number
  const socket = [41, 198][at] as number
  const none = Array.from({ length: 5 }, () => -1)
  return [
    ...probesOf('process', {
      ...Object.fromEntries(
        Object.entries(CALLS).map(([name, numbers]) => [
          `call-${name}`,
          reaches(numbers[at] as number, none),
        ]),
      ),
      'namespace-user': reaches(unshare, [NEW_USER]),
      ...Object.fromEntries(
        Object.entries(NAMESPACES).map(([name, flag]) => [
          `namespace-${name}`,
          reaches(unshare, [NEW_USER + flag]),
        ]),
      ),
    }),
    ...probesOf('tty', {
      tiocsti: reaches(ioctl, [0, 0x5412, -1]),
      'tiocsti-high-bits': reaches(ioctl, [0, 0x1_0000_5412, -1]),
      tioclinux: reaches(ioctl, [0, 0x541c, -1]),
      'line-discipline': reaches(ioctl, [0, 0x5423, -1]),
    }),
    ...probesOf('network', {
      'raw-socket': reaches(socket, [2, 3, 1]),
      'packet-socket': reaches(socket, [17, 3, 0]),
      'netlink-audit': reaches(socket, [16, 3, 9]),
      'netlink-netfilter': reaches(socket, [16, 3, 12]),
      'algorithm-socket': reaches(socket, [38, 5, 0]),
    }),
  ]
}
