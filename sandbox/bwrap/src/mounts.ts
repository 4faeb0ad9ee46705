import { dirname } from 'node:path/posix'
import type { Mount, PolicySymlink, SandboxPolicy } from '@agentvm/sdk'
import { dataFiles } from './descriptors.ts'

/** The policy's own mounts, in the policy's order: a later one wins. */
export function mounts(policy: SandboxPolicy): string[] {
  return [
    ...links(policy.system.symlinks),
    ...binds('--ro-bind', policy.system.readOnly),
    ...dataFiles(policy).flatMap(({ fd, path }) => ['--perms', '0644', '--ro-bind-data', String(fd), path]),
    ...binds('--ro-bind', policy.readOnly),
    ...binds('--bind', writable(policy)),
    ...binds('--ro-bind', policy.sockets),
    ...links(policy.symlinks),
    ...protection(policy),
  ]
}

/**
 * Makes the protected paths read-only, and each folder between them and the writable mount that holds them a mount of
 * its own: what is a mount point can't be moved away and replaced by a copy that can be written.
 */
function protection(policy: SandboxPolicy): string[] {
  const located = policy.protect.map((path) => ({ path, mount: holder(policy, path) }))
  const held = new Map<string, Mount>()
  for (const { path, mount } of located) {
    for (let folder = dirname(path); folder.length > mount.target.length; folder = dirname(folder)) {
      held.set(folder, moved(mount, folder))
    }
  }
  const outermostFirst = [...held.values()].sort((a, b) => a.target.length - b.target.length)
  return [
    ...binds('--bind', outermostFirst),
    ...binds(
      '--ro-bind',
      located.map(({ path, mount }) => moved(mount, path)),
    ),
  ]
}

/** The writable mount at which a path inside is really found: the last one that covers it. Throws an `Error` if none does. */
function holder(policy: SandboxPolicy, path: string): Mount {
  const mount = writable(policy).findLast(
    ({ target }) => path === target || path.startsWith(`${target.replace(/\/$/, '')}/`),
  )
  if (!mount) throw new Error(`the path to protect, ${path}, lies in nothing that the agent can write`)
  return mount
}

function moved({ source, target }: Mount, path: string): Mount {
  return { source: source + path.slice(target.length), target: path }
}

function writable({ readWrite, workspace, home }: SandboxPolicy): Mount[] {
  return [...readWrite, workspace, home]
}

function links(symlinks: readonly PolicySymlink[]): string[] {
  return symlinks.flatMap(({ path, target }) => ['--symlink', target, path])
}

function binds(option: '--bind' | '--ro-bind', list: readonly Mount[]): string[] {
  return list.flatMap(({ source, target }) => [option, source, target])
}
