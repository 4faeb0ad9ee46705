import { execFileSync } from 'node:child_process'
import type { ProcessInfo } from './processes.ts'

const COLUMNS = 'pid=,ppid=,sess=,state=,time=,rss=,lstart=,comm='

/** `[days-][hours:]minutes:seconds[.hundredths]` */
const TIME = /^(?:\d+-)?(?:\d+:){1,2}\d+(?:\.\d+)?$/

/** How long one look at all processes holds good for asking about one of them, milliseconds. */
const FRESH_MS = 100

let look: { at: number; byPid: Map<number, ProcessInfo> } | undefined

/**
 * One process of macOS. One call of ps serves all who ask within a moment, however many agents there are. A process that
 * this look doesn't know may be younger: it is asked for by itself.
 */
export function processByPs(pid: number): ProcessInfo | undefined {
  const now = performance.now()
  if (!look || now - look.at > FRESH_MS) {
    look = { at: now, byPid: new Map(listByPs(['-A']).map((process) => [process.pid, process])) }
  }
  return look.byPid.get(pid) ?? listByPs(['-p', String(pid)])[0]
}

/** Processes of macOS, by one call of ps. `select` is `-A` or `-p PID`. None if that fails. */
export function listByPs(select: readonly string[]): ProcessInfo[] {
  try {
    return parsePsOutput(
      execFileSync('/bin/ps', [...select, '-o', COLUMNS], { encoding: 'utf8', env: { LC_ALL: 'C' } }),
    )
  } catch {
    return []
  }
}

/** Reads what ps prints for these columns; what isn't such a line is left out. A start is five words: `Tue Nov 24 21:53:17 2026`. */
export function parsePsOutput(output: string): ProcessInfo[] {
  return output.split('\n').flatMap((line) => {
    const [pid, ppid, sid, state, time, rss, ...rest] = line.trim().split(/\s+/)
    const numbers = [pid, ppid, rss].map(Number)
    if (!state || !time || !TIME.test(time) || !numbers.every(Number.isSafeInteger)) return []
    return {
      pid: Number(pid),
      ppid: Number(ppid),
      sid: Number(sid),
      command: rest.slice(5).join(' '),
      start: rest.slice(0, 5).join(' '),
      zombie: state.startsWith('Z'),
      cpuMs: parseCpuTime(time),
      waitedCpuMs: 0,
      threads: 1,
      rssBytes: Number(rss) * 1024,
    }
  })
}

/** A {@link TIME} as milliseconds. */
function parseCpuTime(time: string): number {
  const [clock = '', days = '0'] = time.split('-').reverse()
  const seconds = clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0)
  return Math.round((Number(days) * 86_400 + seconds) * 1000)
}
