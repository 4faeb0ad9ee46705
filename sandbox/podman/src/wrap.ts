import { join } from 'node:path'
import type { SandboxPolicy, WrappedCommand } from '@agentvm/sdk'
import { containerName, podman } from './containers.ts'
import type { HostFacts } from './host-facts.ts'
import { BEGINS, ENV_FD, environmentLines, innerScript, STATUS_FD } from './inner-script.ts'
import { type ContainerMount, mounts } from './mounts.ts'
import { PREPARED } from './rootfs.ts'
import { hasProfile } from './seccomp.ts'

const ENV_FILE = 'environment'

/** What the container's root is on the host, where root starts it: nobody. Nothing ever runs as it. */
const NOBODY = 2_000_000_000

/** Whether podman keeps the bounds of an agent as a whole. With crun the container stays within those that agentvm keeps. */
export function keepsLimits({ runtime, isRoot }: HostFacts): boolean {
  return runtime?.name === 'runc' && isRoot
}

/** What to run for a policy. Pure. Throws an `Error` on what podman can't enforce. */
export function wrap(
  policy: SandboxPolicy,
  command: readonly string[],
  facts: HostFacts,
  folder: string | undefined,
): WrappedCommand {
  if (!hasProfile(facts.arch)) throw new Error(`there is no system call filter for ${facts.arch}`)
  if (!folder) throw new Error('podman needs a prepared folder')
  if (/[:,"]/.test(folder)) throw new Error(`podman can't take the path ${folder}`)
  if (command.length === 0) throw new Error('there is no command')
  for (const text of [...command, policy.cwd, ...Object.entries(policy.env).flat()]) {
    if (text.includes('\0')) throw new Error('a NUL byte can not be passed to a program')
  }
  return {
    argv: [
      ...podman(facts),
      ...['run', '--rm', '--replace', '--name', containerName(policy.agentId)],
      ...identity(policy, facts),
      ...network(policy),
      ...rights(folder, facts),
      ...bounds(policy, facts),
      ...mounts(policy).flatMap(mountOption),
      ...['--interactive', ...(policy.tty ? ['--tty', '--detach-keys='] : [])],
      ...['--preserve-fds=2', '--rootfs', join(folder, PREPARED.root)],
      ...['/bin/sh', '-c', innerScript(policy, facts), 'sh', ...command],
    ],
    env: facts.env,
    files: [{ name: ENV_FILE, content: environmentLines(policy.env) }],
    fds: [{ fd: ENV_FD, file: ENV_FILE }],
    ignoreSignals: [],
    status: { fd: STATUS_FD, startedWhen: BEGINS },
  }
}

/** Who the agent is: the host's user under another number. The environment names the agent, so that agentvm finds its processes. */
function identity({ user, hostname, agentId }: SandboxPolicy, { isRoot }: HostFacts): string[] {
  const map = (id: number) => [`0:${isRoot ? NOBODY : 1}:1`, `${id}:0:1`]
  return [
    ...map(user.uid).map((range) => `--uidmap=${range}`),
    ...map(user.gid).map((range) => `--gidmap=${range}`),
    ...['--user', `${user.uid}:${user.gid}`, '--passwd=false', '--hostname', hostname],
    ...['--unsetenv-all', '--env', `AGENTVM_AGENT_ID=${agentId}`, '--http-proxy=false'],
  ]
}

function network({ network: { mode } }: SandboxPolicy): string[] {
  // With a network of the host's, podman would share the host's name as well.
  return ['--network', mode === 'host' ? 'host' : 'none', '--no-hosts', '--uts=private', '--ipc=private']
}

function rights(folder: string, { masked }: HostFacts): string[] {
  return [
    ...['--cap-drop=all', '--security-opt=no-new-privileges', '--security-opt=label=disable'],
    `--security-opt=seccomp=${join(folder, PREPARED.seccomp)}`,
    `--security-opt=mask=${['/sys', ...masked].join(':')}`,
    ...['--read-only', '--read-only-tmpfs=false', '--systemd=false', '--log-driver=none'],
  ]
}

function bounds({ limits }: SandboxPolicy, facts: HostFacts): string[] {
  const { nofile, nproc } = facts.hard
  const files = limits.openFiles && Number(nofile) > 0 ? Math.min(limits.openFiles, Number(nofile)) : nofile
  const { memory, processes, cpus, tmpSize, shmSize } = limits
  const whole = [
    ...(memory ? [`--memory=${memory}b`] : []),
    ...(cpus ? [`--cpus=${cpus}`] : []),
    `--pids-limit=${processes || -1}`,
  ]
  return [
    `--ulimit=nofile=${files}:${files}`,
    `--ulimit=nproc=${nproc}:${nproc}`,
    ...(facts.runtime?.name === 'crun' ? ['--cgroups=disabled'] : keepsLimits(facts) ? whole : []),
    `--tmpfs=/tmp:rw,exec,nosuid,nodev,notmpcopyup,mode=1777${tmpSize ? `,size=${tmpSize}` : ''}`,
    ...(shmSize ? [`--shm-size=${shmSize}b`] : []),
  ]
}

/** podman reads the words of a mount as a line of CSV. */
function mountOption({ source, target, writable }: ContainerMount): string[] {
  const word = (text: string) => `"${text.replaceAll('"', '""')}"`
  const words = ['type=bind', `source=${source}`, `target=${target}`, `ro=${!writable}`]
  return ['--mount', words.map(word).join(',')]
}
