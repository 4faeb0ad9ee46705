import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { appendFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { until } from '../../support/agentvm.ts'
import { PRINTED, SHOWN } from './terminal-output.ts'

const STEP_MS = 20
const FIRST = 'it begins\n'

/** How `logs --follow` did. */
export interface Followed {
  /** Bytes that were appended, and those of what it was to show that never came, or came changed. */
  appended: number
  lost: number
  /** Milliseconds from the last bytes in the file to the last that were shown. */
  behindMs: number
}

/** Appends to a log at a steady rate for a while, and reads what `argv` shows of it. */
export async function followed(
  argv: readonly string[],
  {
    env,
    log,
    rate,
    ms,
    signal,
  }: { env: Record<string, string>; log: string; rate: number; ms: number; signal: AbortSignal },
): Promise<Followed> {
  const [program = '', ...args] = argv
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  })
  try {
    const [came, expected] = [createHash('sha1'), createHash('sha1')]
    let bytes = 0
    let last = 0
    child.stdout.on('data', (block: Buffer) => {
      bytes += block.length
      came.update(block)
      last = performance.now()
    })
    appendFileSync(log, FIRST)
    await until(() => bytes > 0, 'the first line')
    const blocks = await append(log, rate, ms, signal)
    const end = performance.now()
    const whole = FIRST.length + blocks * SHOWN.length
    while (bytes < whole && performance.now() - Math.max(last, end) < 5_000)
      await sleep(STEP_MS, undefined, { signal })
    expected.update(FIRST)
    for (let block = 0; block < blocks; block += 1) expected.update(SHOWN)
    const same = came.digest('hex') === expected.digest('hex')
    return {
      appended: blocks * PRINTED.length,
      lost: same ? 0 : Math.max(1, whole - bytes),
      behindMs: Math.max(0, last - end),
    }
  } finally {
    child.kill()
  }
}

/** Returns how many blocks of {@link PRINTED} it has appended. */
async function append(log: string, rate: number, ms: number, signal: AbortSignal): Promise<number> {
  const start = performance.now()
  let blocks = 0
  for (let spent = 0; spent < ms; spent = performance.now() - start) {
    while (blocks * PRINTED.length < (spent / 1000) * rate) {
      appendFileSync(log, PRINTED)
      blocks += 1
    }
    await sleep(STEP_MS, undefined, { signal })
  }
  return blocks
}
