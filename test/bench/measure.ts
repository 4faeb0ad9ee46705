import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'

/** One thing to time: a whole process from start to end. */
export interface Case {
  name: string
  /** argv of each round; called before the round is timed. */
  argv: (round: number) => string[] | Promise<string[]>
  /** Untimed work after each round. */
  after?: (round: number) => Promise<unknown>
  /** Name of the case that it is compared with. */
  floor?: string
  /** What it is to take at most: milliseconds, or times the floor. */
  target?: { ms: number } | { ratio: number }
  /** Fewer rounds than the others: for what takes seconds. */
  rounds?: number
}

/** Times of one case: milliseconds, of whole processes. */
export interface Timing {
  name: string
  rounds: number
  median: number
  p95: number
  /** User and system time of the process and of what it waits for, a round. */
  cpu: number
  floor: string | null
  /** Median divided by the floor's median of the same run. */
  ratio: number | null
  target: { ms: number } | { ratio: number } | null
}

/** Runs a program to its end, without its output. Throws if it fails. */
export async function runQuietly(
  argv: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  const [program = '', ...args] = argv
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'], env })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`${argv.join(' ')}: exit code ${code}`)
}

/** Times cases in turns, so that whatever else the machine does hits them alike. The first round warms up and doesn't count. */
export async function measure(
  cases: readonly Case[],
  rounds: number,
  env: NodeJS.ProcessEnv,
): Promise<Timing[]> {
  const times = new Map(cases.map(({ name }) => [name, { wall: [] as number[], cpu: 0 }]))
  for (let round = 0; round <= rounds; round += 1) {
    for (const { name, argv, after, rounds: most = rounds } of cases) {
      if (round > most) continue
      const line = await argv(round)
      const cpuBefore = cpuOfChildren()
      const start = performance.now()
      await runQuietly(line, env)
      const seen = times.get(name)
      if (round > 0 && seen) {
        seen.wall.push(performance.now() - start)
        seen.cpu += cpuOfChildren() - cpuBefore
      }
      await after?.(round)
    }
  }
  const wall = (name: string) => times.get(name)?.wall ?? []
  return cases.map(({ name, floor, target }) => {
    const median = quantile(wall(name), 0.5)
    return {
      ...{ name, rounds: wall(name).length, median, p95: quantile(wall(name), 0.95) },
      cpu: (times.get(name)?.cpu ?? 0) / Math.max(wall(name).length, 1),
      floor: floor ?? null,
      ratio: floor === undefined ? null : median / quantile(wall(floor), 0.5),
      target: target ?? null,
    }
  })
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

function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) * part)] ?? Number.NaN
}
