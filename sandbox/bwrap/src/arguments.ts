import type { Mount, PolicySymlink, SandboxPolicy } from '@agentvm/sdk'
import type { HostFacts } from './host-facts.ts'

/** Descriptor of bubblewrap's own arguments. */
export const ARGS_FD = 3
/** Descriptor on which bubblewrap reports the start and the end of the command. */
export const STATUS_FD = 4
/** First descriptor of the made-up files, one each. */
const FIRST_FILE_FD = 5
/** Highest descriptor that a launcher in POSIX sh can open. */
const LAST_FD = 8

/** A made-up file and the descriptor that its content comes by. */
export interface DataFile {
  fd: number
  path: string
  content: string
}

/** The made-up files of a policy with their descriptors. Throws an `Error` if there are more than descriptors. */
export function dataFiles(policy: SandboxPolicy): DataFile[] {
  const { files } = policy.system
  if (FIRST_FILE_FD + files.length - 1 > LAST_FD) {
    throw new Error(
      `bubblewrap takes at most ${LAST_FD - FIRST_FILE_FD + 1} made-up files here, not ${files.length}`,
    )
  }
  return files.map((file, index) => ({ fd: FIRST_FILE_FD + index, ...file }))
}

/** bubblewrap's options for a policy, without the command. They hold the environment: pass them by descriptor only. */
export function bwrapArguments(policy: SandboxPolicy, facts: HostFacts): string[] {
  return [
    ...namespaces(policy),
    ...temporaryFolders(policy),
    ...kernelFolders(facts),
    ...links(policy.system.symlinks),
    ...binds('--ro-bind', policy.system.readOnly),
    ...dataFiles(policy).flatMap((file) => ['--ro-bind-data', String(file.fd), file.path]),
    ...binds('--ro-bind', policy.readOnly),
    ...binds('--bind', policy.readWrite),
    ...binds('--bind', [policy.workspace, policy.home]),
    ...binds('--ro-bind', policy.sockets),
    ...links(policy.symlinks),
    ...policy.protect.flatMap((path) => ['--ro-bind', hostPath(policy, path), path]),
    ...['--remount-ro', '/', '--chdir', policy.cwd],
    ...['--clearenv', ...Object.entries(policy.env).flatMap(([name, value]) => ['--setenv', name, value])],
    ...['--json-status-fd', String(STATUS_FD)],
  ]
}

function namespaces({ user, hostname, network }: SandboxPolicy): string[] {
  return [
    ...['--unshare-user', '--unshare-pid', '--unshare-ipc', '--unshare-uts', '--unshare-cgroup-try'],
    ...(network.mode === 'none' ? ['--unshare-net'] : []),
    // No namespaces within, and no process that outlives bubblewrap.
    ...['--disable-userns', '--die-with-parent', '--cap-drop', 'ALL'],
    ...['--uid', String(user.uid), '--gid', String(user.gid), '--hostname', hostname],
  ]
}

/** They come first: a workspace that lies below the host's /tmp must not be hidden by them. */
function temporaryFolders({ limits }: SandboxPolicy): string[] {
  const tmpfs = (path: string, perms: string, size: number | undefined) => [
    ...(size ? ['--size', String(size)] : []),
    ...['--perms', perms, '--tmpfs', path],
  ]
  return [
    ...tmpfs('/tmp', '1777', limits.tmpSize),
    ...tmpfs('/var/tmp', '1777', limits.tmpSize),
    ...tmpfs('/run', '0755', undefined),
    ...['--dev', '/dev'],
    ...tmpfs('/dev/shm', '1777', limits.shmSize),
  ]
}

function kernelFolders(facts: HostFacts): string[] {
  return [
    ...['--proc', '/proc'],
    ...facts.readOnlyProc.flatMap((path) => ['--ro-bind', path, path]),
    ...facts.maskedFolders.flatMap((path) => ['--perms', '0555', '--tmpfs', path, '--remount-ro', path]),
    ...facts.maskedFiles.flatMap((path) => ['--ro-bind', '/dev/null', path]),
  ]
}

function links(symlinks: readonly PolicySymlink[]): string[] {
  return symlinks.flatMap(({ path, target }) => ['--symlink', target, path])
}

function binds(option: '--bind' | '--ro-bind', mounts: readonly Mount[]): string[] {
  return mounts.flatMap(({ source, target }) => [option, source, target])
}

/** The host's side of a path inside, by the deepest writable mount that holds it. Throws an `Error` if none does. */
function hostPath({ workspace, home, readWrite }: SandboxPolicy, path: string): string {
  const [mount] = [...readWrite, workspace, home]
    .filter(({ target }) => path === target || path.startsWith(`${target}/`))
    .sort((a, b) => b.target.length - a.target.length)
  if (!mount) throw new Error(`the path to protect, ${path}, lies in nothing that the agent can write`)
  return mount.source + path.slice(mount.target.length)
}
