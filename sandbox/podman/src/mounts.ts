import { dirname } from 'node:path/posix'
import type { Mount, SandboxPolicy } from '@agentvm/sdk'

/** A mount of the container. */
export interface ContainerMount extends Mount {
  writable: boolean
}

/**
 * The policy's mounts as podman takes them. It sorts them by depth, so that a deeper one always wins: what a later and
 * shallower one would hide is left out. Throws an `Error` on a protected path that lies in nothing writable.
 */
export function mounts(policy: SandboxPolicy): ContainerMount[] {
  const all: ContainerMount[] = [
    ...marked([...policy.system.readOnly, ...policy.readOnly], false),
    ...marked(writable(policy), true),
    ...marked(policy.sockets, false),
    ...protection(policy),
  ]
  return all.filter((one, index) => !all.slice(index + 1).some((later) => covers(later.target, one.target)))
}

/** Whether a path is a folder or lies below it. */
export function covers(folder: string, path: string): boolean {
  return path === folder || path.startsWith(`${folder.replace(/\/$/, '')}/`)
}

/** The protected paths read-only, and each folder between them and their writable mount a mount of its own: a mount point can't be moved away. */
function protection(policy: SandboxPolicy): ContainerMount[] {
  const folders = new Map<string, ContainerMount>()
  const closed = policy.protect.map((path): ContainerMount => {
    const mount = writable(policy).findLast(({ target }) => covers(target, path))
    if (!mount) throw new Error(`the path to protect, ${path}, lies in nothing that the agent can write`)
    const at = (target: string, open: boolean) => ({
      ...{ source: mount.source + target.slice(mount.target.length), target, writable: open },
    })
    for (let folder = dirname(path); folder.length > mount.target.length; folder = dirname(folder)) {
      folders.set(folder, at(folder, true))
    }
    return at(path, false)
  })
  const outermostFirst = [...folders.values()].sort((a, b) => a.target.length - b.target.length)
  return [...outermostFirst, ...closed]
}

function writable({ readWrite, workspace, home }: SandboxPolicy): Mount[] {
  return [...readWrite, workspace, home]
}

function marked(list: readonly Mount[], isWritable: boolean): ContainerMount[] {
  return list.map(({ source, target }) => ({ source, target, writable: isWritable }))
}
