import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decideBounds } from '../../src/agents/limits/bounds.ts'
import { cgroupEvents, cgroupPids, makeCgroup } from '../../src/system/cgroups/cgroup.ts'
import { findCgroupParents } from '../../src/system/cgroups/find.ts'

const mount = (point: string, type: string, options: string, root = '/') =>
  `30 23 0:26 ${root} ${point} rw,nosuid shared:4 - ${type} cgroup ${options}`

describe('where control groups can be made', () => {
  const find = (groups: string[], mounts: string[], writable: string[], files: Record<string, string> = {}) =>
    findCgroupParents({
      groups: groups.join('\n'),
      mounts: ['22 1 8:1 / / rw - ext4 /dev/sda rw', ...mounts].join('\n'),
      read: (path) => files[path],
      isWritable: (path) => writable.includes(path),
    })
  const v2 = mount('/sys/fs/cgroup', 'cgroup2', 'rw')
  const user = '/sys/fs/cgroup/user.slice/user@1000.service'

  it('is the nearest group above that hands controllers down and can be written', () => {
    const found = find(
      ['0::/user.slice/user@1000.service/app.slice/term.scope'],
      [v2],
      [`${user}/app.slice/term.scope`, `${user}/app.slice`, `${user}/app.slice/cgroup.procs`, user],
      {
        [`${user}/app.slice/term.scope/cgroup.subtree_control`]: '\n',
        [`${user}/app.slice/cgroup.subtree_control`]: 'cpu memory pids\n',
      },
    )
    const folder = `${user}/app.slice`
    assert.deepEqual(found, { version: 2, folders: { memory: folder, pids: folder, cpu: folder } })
  })

  it('is not a group from which processes can’t be moved', () => {
    const files = { '/sys/fs/cgroup/cgroup.subtree_control': 'memory pids' }
    assert.equal(find(['0::/a'], [v2], ['/sys/fs/cgroup'], files), undefined)
    assert.equal(find(['0::/a'], [v2], [], files), undefined)
  })

  it('is in version 1 the process’s own group, each controller by itself', () => {
    const found = find(
      ['9:name=systemd:/', '8:pids:/', '4:memory:/outer/x:y', '2:cpu,cpuacct:/c', '0::/'],
      [
        mount('/cg/pids', 'cgroup', 'rw,pids'),
        mount('/cg/memory', 'cgroup', 'rw,memory'),
        mount('/cg/cpu', 'cgroup', 'rw,cpu,cpuacct'),
        mount('/cg/unified', 'cgroup2', 'rw'),
      ],
      ['/cg/pids', '/cg/memory/outer/x:y', '/cg/unified', '/cg/unified/cgroup.procs'],
    )
    assert.deepEqual(found, { version: 1, folders: { pids: '/cg/pids', memory: '/cg/memory/outer/x:y' } })
  })

  it('is found in a container that sees a part of the tree at the mount point', () => {
    const found = find(
      ['4:memory:/docker/abc/in'],
      [mount('/cg', 'cgroup', 'memory', '/docker/abc')],
      ['/cg/in'],
    )
    assert.deepEqual(found?.folders, { memory: '/cg/in' })
  })

  it('is nowhere without any', () => {
    assert.equal(find([], [], []), undefined)
    assert.equal(find(['0::/x'], [v2], []), undefined)
  })
})

describe('a control group', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'agentvm-cg-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))
  const read = (path: string) => readFileSync(join(folder, path), 'utf8')
  const all = () => ({ memory: folder, pids: folder, cpu: folder })

  it('has its bounds in the words of version 2, without swap beside the memory', () => {
    mkdirSync(join(folder, 'g'))
    writeFileSync(join(folder, 'g', 'memory.swap.max'), 'max')
    const made = makeCgroup({ version: 2, folders: all() }, 'g', { memory: 4096, processes: 7, cpus: 1.5 })
    assert.deepEqual(made, { folders: [join(folder, 'g')], holds: ['memory', 'processes', 'cpus'] })
    assert.deepEqual(
      ['memory.max', 'memory.swap.max', 'pids.max', 'cpu.max'].map((file) => read(`g/${file}`)),
      ['4096', '0', '7', '150000 100000'],
    )
  })

  it('has its bounds in the words of version 1', () => {
    makeCgroup({ version: 1, folders: all() }, 'g', { memory: 4096, processes: 7, cpus: 0.5 })
    assert.deepEqual(
      ['memory.limit_in_bytes', 'pids.max', 'cpu.cfs_period_us', 'cpu.cfs_quota_us'].map((file) =>
        read(`g/${file}`),
      ),
      ['4096', '7', '100000', '50000'],
    )
  })

  it('isn’t made for what isn’t bounded, or can’t be', () => {
    assert.deepEqual(makeCgroup({ version: 2, folders: all() }, 'g', { memory: 0 }), {
      folders: [],
      holds: [],
    })
    const parents = { version: 2 as const, folders: { memory: join(folder, 'absent'), pids: folder } }
    assert.deepEqual(makeCgroup(parents, 'g', { memory: 1, processes: 2, cpus: 3 }).holds, ['processes'])
  })

  it('tells who is in it and what has happened, in the words of both versions', () => {
    writeFileSync(join(folder, 'cgroup.procs'), '12\n7\n')
    assert.deepEqual(cgroupPids([folder, folder]), [12, 7])
    assert.deepEqual(cgroupEvents([folder]), { outOfMemory: 0, processLimit: 0 })
    writeFileSync(join(folder, 'memory.oom_control'), 'oom_kill_disable 0\nunder_oom 0\noom_kill 3\n')
    writeFileSync(join(folder, 'pids.events'), 'max 2\n')
    assert.deepEqual(cgroupEvents([folder]), { outOfMemory: 3, processLimit: 2 })
    writeFileSync(join(folder, 'memory.events'), 'low 0\noom 9\noom_kill 5\n')
    assert.equal(cgroupEvents([folder]).outOfMemory, 5)
    assert.deepEqual(cgroupEvents([join(folder, 'absent')]), { outOfMemory: 0, processLimit: 0 })
  })
})

describe('how limits are kept', () => {
  const limits = { memory: 8 * 1024 ** 3, processes: 10, openFiles: 20, tmpSize: 1 }
  const byDefault = { 'limits.memory': 'default' as const }

  it('for the whole agent by its group, without a gap', () => {
    const bounds = decideBounds(limits, ['memory', 'processes', 'cpus'], ['tmpSize'], byDefault)
    assert.deepEqual(bounds, {
      group: { memory: limits.memory, processes: 10 },
      openFiles: 20,
      memoryPerProcess: undefined,
      gaps: [],
    })
  })

  it('without a group by process, and the gaps are named', () => {
    const bounds = decideBounds({ ...limits, cpus: 2 }, [], ['tmpSize', 'processes'], byDefault)
    assert.equal(bounds.memoryPerProcess, 2 * 1024 ** 3)
    assert.deepEqual(bounds.gaps, [
      { limit: 'memory', instead: '2048 MiB a process' },
      { limit: 'cpus', instead: 'no bound' },
    ])
  })

  it('with the user’s own bound a process, where that was asked for', () => {
    const asked = { 'limits.memory': 'flag' as const }
    assert.equal(decideBounds(limits, [], [], asked).memoryPerProcess, limits.memory)
    assert.equal(decideBounds({ memory: 5 }, [], [], byDefault).memoryPerProcess, 5)
  })

  it('not at all where 0 was asked for', () => {
    const bounds = decideBounds({ memory: 0, processes: 0, cpus: 0, openFiles: 0, tmpSize: 0 }, [], [], {})
    assert.deepEqual(bounds, { group: {}, openFiles: undefined, memoryPerProcess: undefined, gaps: [] })
  })

  it('with what a plugin’s backend keeps or not', () => {
    const { gaps } = decideBounds(limits, ['memory'], [], byDefault)
    assert.deepEqual(
      gaps.map(({ limit }) => limit),
      ['processes', 'tmpSize'],
    )
  })
})
