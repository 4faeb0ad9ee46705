import type { Limits } from '@agentvm/sdk'
import type { HostFacts } from './host-facts.ts'

/**
 * The folders that every sandbox has of its own. They come before the policy's mounts: a workspace that lies below
 * the host's /tmp must not be hidden by them.
 */
export function privateFolders({ tmpSize, shmSize }: Limits, facts: HostFacts): string[] {
  return [
    ...temporary('/tmp', tmpSize),
    // One folder, so that one bound holds for both.
    ...['--symlink', '../tmp', '/var/tmp'],
    ...['--dir', '/run'],
    ...['--dev', '/dev', ...temporary('/dev/shm', shmSize), '--remount-ro', '/dev'],
    ...['--proc', '/proc'],
    ...facts.readOnlyProc.flatMap((path) => ['--ro-bind', path, path]),
    ...facts.maskedFolders.flatMap((path) => ['--perms', '0555', '--tmpfs', path, '--remount-ro', path]),
    ...facts.maskedFiles.flatMap((path) => ['--ro-bind', '/dev/null', path]),
  ]
}

function temporary(path: string, size: number | undefined): string[] {
  return [...(size ? ['--size', String(size)] : []), '--perms', '1777', '--tmpfs', path]
}
