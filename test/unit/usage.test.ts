import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { execPath, pid } from 'node:process'
import { formatUptime } from '../../src/agents/usage/ps.ts'
import { type MeasuredAgent, UsageMeter } from '../../src/agents/usage/usage-meter.ts'
import { isCpuPrecise, preciseCpuMs } from '../../src/system/precise-cpu.ts'
import { parseProcStat } from '../../src/system/proc-stat.ts'
import { listProcesses, type ProcessInfo } from '../../src/system/processes.ts'
import { parsePsOutput, processByPs } from '../../src/system/ps-output.ts'
import { until } from '../support/agentvm.ts'

/** Pids that no process of the machine has. */
const LAUNCHER = 90_000_000
const agent: MeasuredAgent = { id: 'aaaaaaaa', pid: LAUNCHER, pidStart: '5', mayDetach: false }

function process(pid: number, ppid: number, facts: Partial<ProcessInfo> = {}): ProcessInfo {
  const figures = { cpuMs: 0, waitedCpuMs: 0, threads: 1, rssBytes: 0 }
  return { pid, ppid, sid: 1, command: 'x', start: '5', zombie: false, ...figures, ...facts }
}

/** A meter that sees one listing after the other, one second apart. */
function meterOf(...listings: ProcessInfo[][]): UsageMeter {
  let at = 0
  return new UsageMeter({
    now: () => {
      at += 1000
      return at
    },
    processes: () => listings.shift() ?? [],
    cpuMs: ({ cpuMs }) => cpuMs,
  })
}

describe('the usage meter', () => {
  it('sums the launcher’s whole tree, and nothing of others', () => {
    const all = [
      process(1, 0, { rssBytes: 1000 }),
      process(LAUNCHER + 2, LAUNCHER + 1, { rssBytes: 4 }),
      process(LAUNCHER, 1, { rssBytes: 1 }),
      process(LAUNCHER + 1, LAUNCHER, { rssBytes: 2 }),
      process(LAUNCHER + 3, 1, { rssBytes: 100 }),
    ]
    const usage = meterOf(all).look([agent]).get('aaaaaaaa')
    assert.deepEqual([usage?.rssBytes, usage?.processes, usage?.cpuPct], [7, 3, null])
    assert.deepEqual(usage?.pids, [LAUNCHER, LAUNCHER + 1, LAUNCHER + 2])
  })

  it('gives CPU between two looks as percent of one core, not since birth', () => {
    const meter = meterOf(
      [process(LAUNCHER, 1, { cpuMs: 50_000 }), process(LAUNCHER + 1, LAUNCHER, { cpuMs: 90_000 })],
      [process(LAUNCHER, 1, { cpuMs: 50_010 }), process(LAUNCHER + 1, LAUNCHER, { cpuMs: 91_490 })],
    )
    meter.look([agent])
    assert.equal(meter.look([agent]).get('aaaaaaaa')?.cpuPct, 150)
  })

  it('counts a process that ended in between by what its parent waited for, once', () => {
    const meter = meterOf(
      [process(LAUNCHER, 1, { cpuMs: 100 }), process(LAUNCHER + 1, LAUNCHER, { cpuMs: 400 })],
      [process(LAUNCHER, 1, { cpuMs: 100 + 400 + 200 })],
    )
    meter.look([agent])
    assert.equal(meter.look([agent]).get('aaaaaaaa')?.cpuPct, 20)
  })

  it('never goes below 0, and starts anew after a restart', () => {
    const meter = meterOf(
      [process(LAUNCHER, 1, { cpuMs: 900 })],
      [process(LAUNCHER, 1, { cpuMs: 100 })],
      [process(LAUNCHER + 9, 1, { cpuMs: 5000, start: '6' })],
    )
    meter.look([agent])
    assert.equal(meter.look([agent]).get('aaaaaaaa')?.cpuPct, 0)
    const again = { ...agent, pid: LAUNCHER + 9, pidStart: '6' }
    assert.equal(meter.look([again]).get('aaaaaaaa')?.cpuPct, null)
  })

  it('takes another process with the launcher’s pid for no agent', () => {
    assert.equal(meterOf([process(LAUNCHER, 1, { start: '77' })]).look([agent]).size, 0)
  })

  it('leaves zombies out of the number of processes, not out of the time', () => {
    const meter = meterOf(
      [process(LAUNCHER, 1)],
      [process(LAUNCHER, 1), process(LAUNCHER + 1, LAUNCHER, { zombie: true, cpuMs: 100 })],
    )
    meter.look([agent])
    const usage = meter.look([agent]).get('aaaaaaaa')
    assert.deepEqual([usage?.processes, usage?.cpuPct], [1, 10])
  })

  it('adds what a backend runs elsewhere', () => {
    const elsewhere = { memory: 1000, processes: 3, cpuSeconds: 5 }
    const usage = meterOf([process(LAUNCHER, 1, { rssBytes: 1 })])
      .look([{ ...agent, elsewhere }])
      .get('aaaaaaaa')
    assert.deepEqual([usage?.rssBytes, usage?.processes], [1001, 4])
  })
})

describe('what the system says of processes', () => {
  it('is read from a line of /proc whose program has an odd name', () => {
    const info = parseProcStat(
      7,
      '7 (a) R (b c) S 3 7 6 34816 7 4194304 1 2 3 4 10 20 30 40 20 0 1 0 12345 999 50 18446744073709551615',
    )
    assert.deepEqual(
      [info.ppid, info.sid, info.command, info.start, info.zombie, info.cpuMs],
      [3, 6, 'a) R (b c', '12345', false, 1000],
    )
    assert.deepEqual([info.waitedCpuMs, info.threads], [700, 1])
    assert.ok(info.rssBytes >= 50 * 4096)
  })

  it('is read from what ps of macOS prints', () => {
    const [login, node] = parsePsOutput(
      '  501   1    0 Ss     0:00.02   1234 Tue Nov 24 21:53:17 2026 /bin/login -f\n' +
        '  777 501    0 R+  1-02:03:04.50 99 Wed Nov 25 01:02:03 2026 node\n',
    )
    assert.deepEqual(
      [login?.pid, login?.command, login?.cpuMs, login?.rssBytes, login?.start],
      [501, '/bin/login -f', 20, 1234 * 1024, 'Tue Nov 24 21:53:17 2026'],
    )
    assert.equal(node?.cpuMs, ((26 * 60 + 3) * 60 + 4.5) * 1000)
  })

  it('is the same from ps as from /proc, also of a process that has just started', async () => {
    const known = processByPs(pid)
    const own = listProcesses().find((one) => one.pid === pid)
    assert.deepEqual(
      [known?.ppid, known?.sid, known?.command, known?.zombie],
      [own?.ppid, own?.sid, own?.command, false],
    )
    const sleeper = spawn('sleep', ['100'])
    await once(sleeper, 'spawn')
    assert.equal(processByPs(sleeper.pid ?? 0)?.ppid, pid)
    sleeper.kill()
    await once(sleeper, 'exit')
    await until(() => processByPs(sleeper.pid ?? 0) === undefined, 'the end of the process in a later look')
  })

  it('is exact to a tick of the scheduler where the kernel says so, with all threads and what was waited for', async function () {
    if (!isCpuPrecise()) this.skip()
    const script = 'const { Worker } = require("worker_threads"); new Worker("for (;;);", { eval: true })'
    const child = spawn(execPath, ['-e', script])
    const infoOf = () => listProcesses().find((one) => one.pid === child.pid)
    try {
      await until(() => (infoOf()?.cpuMs ?? 0) > 200, 'a thread at work')
      const spinning = infoOf() as ProcessInfo
      assert.ok(spinning.threads > 1, `${spinning.threads} threads`)
      assert.ok(preciseCpuMs(spinning) > spinning.cpuMs - 50, 'the time of a thread that is not the first')
      assert.ok(preciseCpuMs({ ...spinning, waitedCpuMs: 1e9 }) > 1e9, 'what it has waited for')
    } finally {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    assert.equal(
      preciseCpuMs(process(LAUNCHER, 1, { cpuMs: 70 })),
      70,
      'a process that has ended counts as listed',
    )
  })

  it('is told as ps writes times', () => {
    assert.deepEqual([0, 59.9, 61, 3599, 3600, 86_399, 86_400 * 12 + 3661].map(formatUptime), [
      '00:00',
      '00:59',
      '01:01',
      '59:59',
      '01:00:00',
      '23:59:59',
      '12-01:01:01',
    ])
  })
})
