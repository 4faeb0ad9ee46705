import { basename } from 'node:path'
import { UserError } from '../../errors.ts'
import { findOwnGroups } from '../../system/cgroups/find.ts'
import { type RoomView, thisMachine } from './room-view.ts'

/** What an idle agent takes at least: measured with a thousand of them, see `docs/performance.md`. */
export const LEAST = {
  ptys: 1,
  /** tmux server, launcher, two of bubblewrap, two of the log pipe, and the command. */
  processes: 7,
  /** Bytes, with what the kernel keeps for it. */
  memory: 4e6,
  files: 75,
  /** Bubblewrap makes a second one to give its rights up. */
  userNamespaces: 2,
}

/** So many more fit that it isn't worth counting exactly. */
const PLENTY = 1_000

/** One limit of the machine that agents run against. */
export interface Room {
  /** In words: `ptys (kernel.pty.max)`. */
  limit: string
  kind: keyof typeof LEAST
  /** What is left, in its own unit. */
  left: number
  /** What raises it, for people. */
  fix: string
}

/** How many more agents fit, and what comes first. */
export interface Capacity {
  agents: number
  first: Room
}

/** What this machine has left for agents. Empty where it doesn't tell (macOS). Reads a dozen small files. */
export function roomLeft(view: RoomView = thisMachine()): Room[] {
  return [...ptys(view), ...processes(view), ...groups(view), ...rest(view)]
}

/** How many agents fit that take so much each; undefined where nothing is known. */
export function agentsThatFit(
  rooms: readonly Room[],
  each: Readonly<Record<Room['kind'], number>> = LEAST,
): Capacity | undefined {
  const fits = rooms.map((first) => ({
    agents: Math.max(0, Math.floor(first.left / each[first.kind])),
    first,
  }))
  return fits.sort((a, b) => a.agents - b.agents)[0]
}

/** Throws a {@link UserError} that names the limit unless the machine has room for so many more agents. */
export function requireRoom(count: number, rooms: readonly Room[] = roomLeft()): void {
  const capacity = agentsThatFit(rooms)
  if (!capacity || capacity.agents >= count) return
  const { agents, first } = capacity
  throw new UserError(
    count === 1
      ? `there is no room for another agent: ${first.limit} is used up`
      : `there is room for ${agents} more agents, not for ${count}: ${first.limit} comes first`,
    { fix: first.fix, exitCode: 125 },
  )
}

function ptys({ read, inContainer }: RoomView): Room[] {
  const number = (name: string) => numberIn(read(`/proc/sys/kernel/pty/${name}`))
  const [max, used] = [number('max'), number('nr')]
  if (max === undefined || used === undefined) return []
  // The kernel keeps some for the system that containers run in.
  const left = max - used - (inContainer ? (number('reserve') ?? 0) : 0)
  return [room('ptys (kernel.pty.max)', 'ptys', left, `sudo sysctl -w kernel.pty.max=${max * 2}`)]
}

function processes(view: RoomView): Room[] {
  const total = Number(/\/(\d+) /.exec(view.read('/proc/loadavg') ?? '')?.[1])
  if (Number.isNaN(total)) return []
  const rooms: Room[] = []
  for (const name of ['pid_max', 'threads-max']) {
    const max = numberIn(view.read(`/proc/sys/kernel/${name}`))
    if (max === undefined) continue
    const fix = `sudo sysctl -w kernel.${name}=${max * 4}`
    rooms.push(room(`processes (kernel.${name})`, 'processes', max - total, fix))
  }
  // Root is bound by none of its own.
  if (view.uid === 0) return rooms
  const ofUser = numberIn(/^Max processes\s+(\d+)/m.exec(view.read('/proc/self/limits') ?? '')?.[1])
  if (ofUser !== undefined) {
    const left = ofUser - usedOf(ofUser, total, LEAST.processes, view.userTasks)
    const fix = 'raise nproc in /etc/security/limits.conf and log in again (ulimit -u)'
    rooms.push(room('processes of this user (ulimit -u)', 'processes', left, fix))
  }
  const most = numberIn(view.read('/proc/sys/user/max_user_namespaces'))
  if (most !== undefined && most > 0) {
    const left = most - usedOf(most, total, LEAST.userNamespaces, view.userNamespaces)
    const fix = `sudo sysctl -w user.max_user_namespaces=${most * 4}`
    rooms.push(room('user.max_user_namespaces', 'userNamespaces', left, fix))
  }
  return rooms
}

/** Counting takes a look at every process: not where even all of the system's leave plenty. */
function usedOf(max: number, total: number, each: number, count: () => number): number {
  return (max - total) / each >= PLENTY ? total : count()
}

function groups({ read, groups, mounts }: RoomView): Room[] {
  const own = findOwnGroups({ groups, mounts })
  return [
    ...own.pids.flatMap((folder) => {
      const [max, used] = [`${folder}/pids.max`, `${folder}/pids.current`].map((path) => numberIn(read(path)))
      if (max === undefined || used === undefined) return []
      const unit = /\.(slice|scope|service)$/.test(folder) ? basename(folder) : undefined
      const fix = unit
        ? `sudo systemctl set-property ${unit} TasksMax=${max * 4}`
        : 'give the container more processes (pids.max)'
      return [room(`processes of ${unit ?? 'the control group'} (pids.max)`, 'processes', max - used, fix)]
    }),
    ...own.memory.flatMap(({ folder, max: maxFile, used: usedFile, stat }) => {
      const [max, used] = [maxFile, usedFile].map((file) => numberIn(read(`${folder}/${file}`)))
      if (max === undefined || used === undefined) return []
      // Files that the kernel holds in memory give way.
      const cached =
        numberIn(/^(?:total_)?inactive_file (\d+)/m.exec(read(`${folder}/${stat}`) ?? '')?.[1]) ?? 0
      return [room('memory of the control group', 'memory', max - used + cached, MEMORY_FIX)]
    }),
  ]
}

const MEMORY_FIX = "'agentvm ps' shows which agents take most; kill what isn't needed"

function rest({ read }: RoomView): Room[] {
  const available = numberIn(/^MemAvailable:\s+(\d+)/m.exec(read('/proc/meminfo') ?? '')?.[1])
  const [used, , max] = (read('/proc/sys/fs/file-nr') ?? '').split(/\s+/).map(numberIn)
  return [
    ...(available === undefined ? [] : [room('memory', 'memory', available * 1024, MEMORY_FIX)]),
    ...(used === undefined || max === undefined
      ? []
      : [room('open files (fs.file-max)', 'files', max - used, `sudo sysctl -w fs.file-max=${max * 2}`)]),
  ]
}

function room(limit: string, kind: Room['kind'], left: number, fix: string): Room {
  return { limit, kind, left: Math.max(0, left), fix }
}

/** A number in a file of the kernel; undefined where there is none, such as `max`. */
function numberIn(text: string | undefined): number | undefined {
  const trimmed = text?.trim()
  return trimmed !== undefined && /^\d+$/.test(trimmed) ? Number(trimmed) : undefined
}
