import { readFileSync, readlinkSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { processesWith, RUN_JS, type TestHome } from '../support/agentvm.ts'
import { ShellTerminal } from '../support/shell-terminal.ts'

/** What the dashboard takes and draws while nothing happens: percent of one core, bytes. */
export async function idleDashboard(
  home: TestHome,
  ms: number,
  signal: AbortSignal,
): Promise<{ percent: number; bytes: number }> {
  const env = { AGENTVM_HOME: home.path, HOME: process.env.HOME ?? '', PATH: process.env.PATH ?? '' }
  const terminal = new ShellTerminal([process.execPath, RUN_JS, 'watch'], env)
  try {
    await terminal.shows(/\d+ agents, \d+ running/)
    // What starting up leaves to do is over by then.
    await sleep(5_000, undefined, { signal })
    // tmux has the same words in its command line.
    const pid = processesWith(`${RUN_JS}\0watch`).find(
      (one) => readlinkSync(`/proc/${one}/exe`) === process.execPath,
    )
    if (pid === undefined) throw new Error('the dashboard has ended')
    const before = countersOf(pid)
    await sleep(ms, undefined, { signal })
    const after = countersOf(pid)
    return {
      percent: ((after.cpuMs - before.cpuMs) / ms) * 100,
      bytes: after.written - before.written,
    }
  } finally {
    terminal.close()
  }
}

/** CPU time and bytes written so far. */
function countersOf(pid: number): { cpuMs: number; written: number } {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? []
  const written = /^wchar: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, 'latin1'))?.[1]
  return { cpuMs: (Number(fields[11]) + Number(fields[12])) * 10, written: Number(written) }
}
