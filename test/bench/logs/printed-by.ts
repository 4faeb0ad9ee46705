import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readProc } from '../../support/agentvm.ts'

const LOOK_MS = 20

/** What a program that prints much took. */
export interface Printed {
  ms: number
  bytes: number
  /** The most memory it had, bytes; 0 where the system doesn't tell. */
  peak: number
}

/** Runs a program to its end, and reads what it prints through a pipe. */
export async function printedBy(
  argv: readonly string[],
  env: Record<string, string>,
  signal: AbortSignal,
): Promise<Printed> {
  const [program = '', ...args] = argv
  const start = performance.now()
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  })
  const stop = () => child.kill()
  signal.addEventListener('abort', stop)
  const seen: Printed = { ms: 0, bytes: 0, peak: 0 }
  const look = setInterval(() => {
    seen.peak = Math.max(seen.peak, peakMemory(child.pid ?? 0))
  }, LOOK_MS)
  child.stdout.on('data', (block: Buffer) => {
    seen.bytes += block.length
  })
  const [code] = await once(child, 'close')
  clearInterval(look)
  signal.removeEventListener('abort', stop)
  signal.throwIfAborted()
  if (code !== 0) throw new Error(`${argv.join(' ')}: exit code ${code}`)
  return { ...seen, ms: performance.now() - start }
}

function peakMemory(pid: number): number {
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(readProc(String(pid), 'status'))?.[1] ?? 0) * 1024
}
