import { type Probe, probesOf } from '../probe.ts'

const connectUnix = (address: string) =>
  `perl -MSocket -e 'socket(my $s, PF_UNIX, SOCK_STREAM, 0) or exit 1; exit(connect($s, pack_sockaddr_un(${address})) ? 0 : 1)'`
const connectTcp = (host: string) =>
  `perl -MSocket -e 'socket(my $s, PF_INET, SOCK_STREAM, 0) or exit 1; exit(connect($s, pack_sockaddr_in($ENV{PORT}, inet_aton("${host}"))) ? 0 : 1)'`
const sameNamespace = (name: string) => `test "$(readlink /proc/self/ns/${name})" = "$NS_${name}"`

/** Other processes, and the process's own rights. */
export const PROCESS: Probe[] = probesOf('process', {
  see: 'test -e "/proc/$P/status"',
  signal: 'kill -0 "$P"',
  continue: 'kill -CONT "$P"',
  list: 'grep -qs "agentvm-victi[m]" /proc/[0-9]*/cmdline',
  capabilities: "grep -q '^CapEff:.*[1-9a-f]' /proc/self/status",
  'capability-bounds': "grep -q '^CapBnd:.*[1-9a-f]' /proc/self/status",
  'new-privileges': "grep -q '^NoNewPrivs:.*0' /proc/self/status",
  'first-process-unfiltered': "grep -q '^Seccomp:.*0' /proc/1/status",
  unfiltered: "grep -q '^Seccomp:.*0' /proc/self/status",
  setuid: 'touch s && chmod 4755 s && test -u s',
  setgid: 'touch g && chmod 2755 g && test -g g',
  ...Object.fromEntries(
    ['pid', 'mnt', 'ipc', 'uts', 'user'].map((name) => [`shares-${name}`, sameNamespace(name)]),
  ),
})

/** Sockets, pipes and memory that others listen to. */
export const IPC: Probe[] = probesOf('ipc', {
  'unix-socket': connectUnix('"$ENV{V}/socket"'),
  'abstract-socket': connectUnix('"\\0$ENV{ABSTRACT}"'),
  fifo: 'test -p "$V/fifo" -a -w "$V/fifo"',
  'shared-memory': "perl -e 'exit(defined shmget($ENV{P} + 1000000, 1, 0) ? 0 : 1)'",
  semaphore: "perl -e 'exit(defined semget($ENV{P} + 1000000, 1, 0) ? 0 : 1)'",
  'message-queue': "perl -e 'exit(defined msgget($ENV{P} + 1000000, 0) ? 0 : 1)'",
  dbus: 'test -S "$DBUS"',
  docker: 'test -S "$DOCKER"',
})

/** Ways out to the network. */
export const NETWORK: Probe[] = probesOf('network', {
  loopback: connectTcp('127.0.0.1'),
  'any-address': connectTcp('0.0.0.0'),
  'sees-connections': 'grep -qi ":$(printf %04X "$PORT") " /proc/net/tcp',
  'shares-net': sameNamespace('net'),
})

/** Values of the caller's environment. */
export const ENV: Probe[] = probesOf('env', {
  variable: 'test -n "$DECOY_SECRET"',
  own: 'grep -q DECOY_SECRET /proc/self/environ',
  parent: 'grep -q DECOY_SECRET "/proc/$PPID/environ"',
  'any-process': 'cat /proc/[0-9]*/environ 2>/dev/null | grep -q DECOY_SECRET',
  'other-process': 'grep -q DECOY_SECRET "/proc/$P/environ"',
  'command-lines': "cat /proc/[0-9]*/cmdline 2>/dev/null | grep -qa 'value-of-the-ki[t]'",
  'ssh-agent': 'test -n "$SSH_AUTH_SOCK"',
  'host-home': 'test "$HOME" = "$V/home"',
})

const fill = (folder: string) =>
  `dd if=/dev/zero of=${folder}/agentvm-fill-$$ bs=65536 count=48 2>/dev/null; r=$?; rm -f ${folder}/agentvm-fill-$$; exit $r`

/** More space than the kit's policy allows, 2 MiB each. */
export const RESOURCE: Probe[] = probesOf('resource', {
  tmp: fill('/tmp'),
  'var-tmp': fill('/var/tmp'),
  shm: fill('/dev/shm'),
  run: 'test -w /run',
})

/** Terminals of the host. */
export const TTY: Probe[] = probesOf('tty', {
  terminals: 'ls /dev/pts | grep -q "^[0-9]"',
  'host-consoles': 'ls /dev/tty1 /dev/ttyS0 /dev/console 2>/dev/null | grep -q "tty"',
})
