import { accessSync, constants, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

/** What a control group can bound here. */
export type Controller = 'memory' | 'pids' | 'cpu'

const CONTROLLERS: Controller[] = ['memory', 'pids', 'cpu']

/** Where this process may make control groups, and move its children into them. */
export interface CgroupParents {
  version: 1 | 2
  /** A folder for each controller that can be used; in version 2 all the same. */
  folders: Partial<Record<Controller, string>>
}

/** What the kernel says of this process's groups and their mounts. Injected by tests. */
export interface CgroupView {
  /** `/proc/self/cgroup`. */
  groups: string
  /** `/proc/self/mountinfo`. */
  mounts: string
  /** Text of a file, or undefined. */
  read: (path: string) => string | undefined
  isWritable: (path: string) => boolean
}

/**
 * Finds where control groups can be made: below this process's own, so that bounds of the outer system hold on; in
 * version 2 below the nearest group above that hands its controllers down. Undefined where there is no such place.
 */
export function findCgroupParents(view: CgroupView = thisMachine()): CgroupParents | undefined {
  return unified(view) ?? perController(view)
}

/** Version 2: a group with processes of its own can't have groups with controllers below it, hence the way up. */
function unified(view: CgroupView): CgroupParents | undefined {
  const mount = mountsOf(view.mounts).find(({ type }) => type === 'cgroup2')
  const own = ownGroup(view.groups, '')
  if (!mount || own === undefined) return undefined
  for (let folder = folderOf(mount, own); ; folder = dirname(folder)) {
    const handedDown = view.read(join(folder, 'cgroup.subtree_control'))?.trim().split(' ') ?? []
    const usable = CONTROLLERS.filter((controller) => handedDown.includes(controller))
    const mayMove = view.isWritable(folder) && view.isWritable(join(folder, 'cgroup.procs'))
    if (mayMove && usable.length > 0) {
      return { version: 2, folders: Object.fromEntries(usable.map((controller) => [controller, folder])) }
    }
    if (folder === mount.point || folder === '/') return undefined
  }
}

function perController(view: CgroupView): CgroupParents | undefined {
  const mounts = mountsOf(view.mounts).filter(({ type }) => type === 'cgroup')
  const folders = CONTROLLERS.flatMap((controller): [Controller, string][] => {
    const mount = mounts.find(({ options }) => options.includes(controller))
    const own = ownGroup(view.groups, controller)
    if (!mount || own === undefined) return []
    const folder = folderOf(mount, own)
    return view.isWritable(folder) ? [[controller, folder]] : []
  })
  return folders.length > 0 ? { version: 1, folders: Object.fromEntries(folders) } : undefined
}

/** A group that bounds the memory of this process, and the names of its files. */
interface MemoryGroup {
  folder: string
  max: string
  used: string
  stat: string
}

/** All groups that this process is in, whose bounds it shares with others: its own and those above, as far as they are shown. */
export function findOwnGroups(view: Pick<CgroupView, 'groups' | 'mounts'>): {
  pids: string[]
  memory: MemoryGroup[]
} {
  const upwards = (type: string, controller: string) => {
    const mount = mountsOf(view.mounts).find(
      (one) => one.type === type && (controller === '' || one.options.includes(controller)),
    )
    const own = ownGroup(view.groups, controller)
    return mount && own !== undefined ? groupsUpwards(mount, own) : []
  }
  const unified = upwards('cgroup2', '')
  const files = (max: string, used: string) => (folder: string) => ({
    folder,
    max,
    used,
    stat: 'memory.stat',
  })
  return {
    pids: [...unified, ...upwards('cgroup', 'pids')],
    memory: [
      ...unified.map(files('memory.max', 'memory.current')),
      ...upwards('cgroup', 'memory').map(files('memory.limit_in_bytes', 'memory.usage_in_bytes')),
    ],
  }
}

function groupsUpwards(mount: CgroupMount, group: string): string[] {
  const folders = [folderOf(mount, group)]
  for (let folder = folders[0] as string; folder !== mount.point && folder !== '/'; ) {
    folder = dirname(folder)
    folders.push(folder)
  }
  return folders
}

interface CgroupMount {
  /** The group that is shown at the mount point. */
  root: string
  point: string
  type: string
  options: string[]
}

function mountsOf(mountinfo: string): CgroupMount[] {
  return mountinfo.split('\n').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ')
    const [, , , root, point] = before.split(' ')
    const [type = '', , options = ''] = after.split(' ')
    if (!type.startsWith('cgroup') || root === undefined || point === undefined) return []
    return { root, point, type, options: options.split(',') }
  })
}

/** The path of this process's group; '' names version 2. */
function ownGroup(groups: string, controller: string): string | undefined {
  for (const line of groups.split('\n')) {
    const [, controllers, ...path] = line.split(':')
    if (controllers?.split(',').includes(controller)) return path.join(':')
  }
  return undefined
}

function folderOf(mount: CgroupMount, group: string): string {
  const below = relative(mount.root, group)
  return below.startsWith('..') ? mount.point : join(mount.point, below)
}

function thisMachine(): CgroupView {
  const read = (path: string) => {
    try {
      return readFileSync(path, 'utf8')
    } catch {
      return undefined
    }
  }
  return {
    groups: read('/proc/self/cgroup') ?? '',
    mounts: read('/proc/self/mountinfo') ?? '',
    read,
    isWritable: (path) => {
      try {
        accessSync(path, constants.W_OK)
        return true
      } catch {
        return false
      }
    },
  }
}
