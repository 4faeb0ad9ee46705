import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type Samples, type Target, type Timing, timingOf } from './timing.ts'

/** One thing to time. */
export type Case = {
  name: string
  /** Variables besides those of the bench. */
  env?: Record<string, string>
  /** Untimed work before and after each round. */
  before?: (round: number) => unknown
  after?: (round: number) => unknown
  /** Name of the case that it is compared with. */
  floor?: string
  target?: Target
  /** Fewer rounds than the others: for what takes seconds. */
  rounds?: number
  /** No round before the others that warms up: for what takes still longer. */
  cold?: boolean
} & (
  | {
      /** A program that is timed from start to end: argv of each round. */
      argv: (round: number) => string[]
    }
  | {
      /** Does the work and returns the milliseconds it took: for what isn't a whole process. */
      time: (round: number) => Promise<number>
    }
)

/** Runs a program to its end, without its output. Throws if it fails; an abort asks it to end, and waits until it has. */
export async function runQuietly(
  argv: readonly string[],
  { env = {}, signal }: { env?: Record<string, string> | undefined; signal?: AbortSignal } = {},
): Promise<void> {
  const [program = '', ...args] = argv
  const child = spawn(program, args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, ...env },
  })
  const stop = () => child.kill()
  signal?.addEventListener('abort', stop)
  const [code] = await once(child, 'exit').finally(() => signal?.removeEventListener('abort', stop))
  signal?.throwIfAborted()
  if (code !== 0) throw new Error(`${argv.slice(0, 8).join(' ')}: exit code ${code}`)
}

/** Times cases in turns, so that whatever else the machine does hits them alike. The first round warms up and doesn't count. */
export async function measure(
  cases: readonly Case[],
  rounds: number,
  signal: AbortSignal,
  onRound: (round: number) => void = () => {},
): Promise<Timing[]> {
  const seen = new Map(cases.map(({ name }): [string, Samples] => [name, { wall: [], cpu: 0 }]))
  for (let round = 0; round <= rounds; round += 1) {
    onRound(round)
    for (const one of cases) {
      if (round > (one.rounds ?? rounds) || (round === 0 && one.cold)) continue
      signal.throwIfAborted()
      await one.before?.(round)
      const cpuBefore = cpuOfChildren()
      const wall = await timeOnce(one, round, signal)
      const samples = seen.get(one.name)
      if (round > 0 && samples) {
        samples.wall.push(wall)
        samples.cpu += cpuOfChildren() - cpuBefore
      }
      await one.after?.(round)
    }
  }
  return cases.map((one) =>
    timingOf(one, seen.get(one.name) ?? { wall: [], cpu: 0 }, seen.get(one.floor ?? '')?.wall),
  )
}

async function timeOnce(one: Case, round: number, signal: AbortSignal): Promise<number> {
  if ('time' in one) return one.time(round)
  const argv = one.argv(round)
  const start = performance.now()
  await runQuietly(argv, { env: one.env, signal })
  return performance.now() - start
}

/** CPU time of the processes that this one has waited for, milliseconds; 0 where `/proc` doesn't tell. */
function cpuOfChildren(): number {
  try {
    const fields = readFileSync('/proc/self/stat', 'latin1').split(') ')[1]?.split(' ') ?? []
    return (Number(fields[13]) + Number(fields[14])) * 10
  } catch {
    return 0
  }
}
