import assert from 'node:assert/strict'
import { describeRoom } from '../../src/agents/doctor/room.ts'
import { agentsThatFit, LEAST, requireRoom, roomLeft } from '../../src/agents/limits/room.ts'
import { countThreads, type RoomView, thisMachine } from '../../src/agents/limits/room-view.ts'

/** A machine with much of everything, and what the test says. */
function machine(files: Record<string, string>, rest: Partial<RoomView> = {}): RoomView {
  const all: Record<string, string> = {
    '/proc/sys/kernel/pty/max': '4096\n',
    '/proc/sys/kernel/pty/nr': '96\n',
    '/proc/sys/kernel/pty/reserve': '1024\n',
    '/proc/sys/kernel/pid_max': '4194304\n',
    '/proc/sys/kernel/threads-max': '4194304\n',
    '/proc/sys/user/max_user_namespaces': '96365\n',
    '/proc/sys/fs/file-nr': '488\t0\t9223372036854775807\n',
    '/proc/loadavg': '0.08 1.10 2.06 2/1000 4711\n',
    '/proc/meminfo': 'MemTotal: 99 kB\nMemAvailable:   64000000 kB\n',
    '/proc/self/limits':
      'Max cpu time unlimited unlimited seconds\nMax processes             96365   96365   processes\n',
    ...files,
  }
  return {
    read: (path) => all[path],
    ...{ uid: 1000, inContainer: false, groups: '', mounts: '' },
    userTasks: () => assert.fail('counts nothing without need'),
    userNamespaces: () => assert.fail('counts nothing without need'),
    ...rest,
  }
}

const first = (files: Record<string, string>, rest?: Partial<RoomView>) => {
  const capacity = agentsThatFit(roomLeft(machine(files, rest)))
  return [capacity?.agents, capacity?.first.limit]
}

describe('the room for more agents', () => {
  it('is on an ordinary machine bound by ptys, and by fewer of them in a container', () => {
    assert.deepEqual(first({}), [4000, 'ptys (kernel.pty.max)'])
    assert.deepEqual(first({}, { inContainer: true }), [4000 - 1024, 'ptys (kernel.pty.max)'])
  })

  it('is bound by processes, memory, open files, where those come first', () => {
    assert.deepEqual(first({ '/proc/sys/kernel/pid_max': '8000' }), [1000, 'processes (kernel.pid_max)'])
    assert.deepEqual(first({ '/proc/sys/kernel/threads-max': '1006' }), [0, 'processes (kernel.threads-max)'])
    assert.deepEqual(first({ '/proc/meminfo': 'MemAvailable:   40000 kB\n' }), [10, 'memory'])
    assert.deepEqual(first({ '/proc/sys/fs/file-nr': '1000 0 2500' }), [20, 'open files (fs.file-max)'])
  })

  it('is bound by what one user may have, which is only counted where it is scarce, and never for root', () => {
    const limits = { '/proc/self/limits': 'Max processes             2000   4000   processes\n' }
    const ofUser = [200, 'processes of this user (ulimit -u)']
    assert.deepEqual(first(limits, { userTasks: () => 600 }), ofUser)
    assert.deepEqual(first(limits, { uid: 0 }), [4000, 'ptys (kernel.pty.max)'])
    const namespaces = { '/proc/sys/user/max_user_namespaces': '500' }
    assert.deepEqual(first(namespaces, { userNamespaces: () => 100 }), [200, 'user.max_user_namespaces'])
  })

  it('is bound by every control group above, in both versions', () => {
    const slice = '/sys/fs/cgroup/user.slice/user-1000.slice'
    const view = {
      groups: '0::/user.slice/user-1000.slice/session-1.scope\n',
      mounts: '30 23 0:26 / /sys/fs/cgroup rw shared:4 - cgroup2 cgroup rw\n',
    }
    const tasks = { [`${slice}/pids.max`]: '10813\n', [`${slice}/pids.current`]: '313\n' }
    const unbounded = { [`${slice}/session-1.scope/pids.max`]: 'max\n' }
    const bound = roomLeft(machine({ ...tasks, ...unbounded }, view))
    const capacity = agentsThatFit(bound)
    assert.equal(capacity?.agents, 1500)
    assert.equal(capacity?.first.fix, 'sudo systemctl set-property user-1000.slice TasksMax=43252')
    const memory = {
      '/cg/memory/box/memory.limit_in_bytes': '1000000000',
      '/cg/memory/box/memory.usage_in_bytes': '900000000',
      '/cg/memory/box/memory.stat': 'cache 1\ntotal_inactive_file 60000000\n',
    }
    const first1 = {
      groups: '4:memory:/box\n',
      mounts: '31 23 0:27 / /cg/memory rw - cgroup cgroup rw,memory\n',
    }
    assert.deepEqual(first(memory, first1), [40, 'memory of the control group'])
  })

  it('is unknown where the system tells nothing, which refuses nobody', () => {
    const nothing = roomLeft({ ...machine({}), read: () => undefined })
    assert.deepEqual(nothing, [])
    requireRoom(1_000, nothing)
    assert.deepEqual(describeRoom(nothing, 0, LEAST), [])
  })

  it('is asked for before the first of several agents is started', () => {
    const rooms = roomLeft(machine({ '/proc/sys/kernel/pty/nr': '4000' }))
    requireRoom(96, rooms)
    assert.throws(() => requireRoom(97, rooms), {
      what: 'there is room for 96 more agents, not for 97: ptys (kernel.pty.max) comes first',
      fix: 'sudo sysctl -w kernel.pty.max=8192',
    })
    const none = roomLeft(machine({ '/proc/sys/kernel/pty/nr': '4096' }))
    assert.throws(() => requireRoom(1, none), /no room for another agent: ptys .* is used up/)
  })

  it('is foreseen by doctor for agents that take what those do that run', () => {
    const rooms = roomLeft(machine({ '/proc/meminfo': 'MemAvailable:   8000000 kB\n' }))
    const [idle] = describeRoom(rooms, 0, LEAST)
    assert.equal(idle?.message, 'for 2048 more agents that do little; memory comes first')
    assert.equal(idle?.status, 'ok')
    const [busy] = describeRoom(rooms, 12, { ...LEAST, memory: 400e6 })
    assert.equal(busy?.message, 'for 20 more agents like the 12 that run; memory comes first')
    assert.deepEqual([busy?.status, busy?.fix?.slice(0, 12)], ['warning', "'agentvm ps'"])
  })

  it('is told by this machine', () => {
    const own = thisMachine()
    assert.ok(countThreads([process.pid]) > 1)
    if (process.platform === 'linux') assert.ok((agentsThatFit(roomLeft(own))?.agents ?? 0) > 0)
    assert.ok(own.userTasks() > 1 && own.userNamespaces() > 0)
  })
})
