import type { Ended, ExecOptions } from './exec.ts'
import { ManyPrograms, type ShortResult } from './many-programs.ts'

let shell: ManyPrograms | undefined
let users = 0

/** Runs `fn`, which starts many programs: those that are `short` are started by a shell, which forks faster than Node. */
export async function startingMany<T>(fn: () => Promise<T>): Promise<T> {
  users += 1
  try {
    return await fn()
  } finally {
    users -= 1
    if (users === 0) {
      shell?.close()
      shell = undefined
    }
  }
}

/** Runs a program by the shell to its end; undefined if that can't or mustn't. */
export function runByShell(
  argv: readonly [string, ...string[]],
  { short, input, env, cwd = '/', timeout }: ExecOptions,
): Promise<Ended> | undefined {
  const bytes = typeof input === 'string' ? Buffer.from(input) : input
  if (!short || users === 0 || !ManyPrograms.takes({ argv, input: bytes })) return undefined
  shell ??= new ManyPrograms({ PATH: process.env.PATH ?? '/usr/bin:/bin' })
  return inTime(shell.run({ argv, env, cwd, input: bytes }), timeout).then(({ exitCode, output, cause }) => {
    const [stdout, stderr] = exitCode === 0 ? [output, ''] : ['', output]
    return { exitCode, stdout, stderr, failure: `exit code ${exitCode}`, ...(cause && { cause }) }
  })
}

/** What takes too long is left to itself. */
async function inTime(result: Promise<ShortResult>, ms: number | undefined): Promise<ShortResult> {
  if (ms === undefined) return result
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<ShortResult>((resolve) => {
    timer = setTimeout(() => resolve({ exitCode: -1, output: `it took longer than ${ms} ms` }), ms)
  })
  return Promise.race([result, late]).finally(() => clearTimeout(timer))
}
