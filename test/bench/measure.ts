import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** One thing to time: a whole process from start to end. */
export interface Case {
  name: string
  /** argv of each round; called before the round is timed. */
  argv: (round: number) => string[] | Promise<string[]>
  /** Untimed work after each round. */
  after?: (round: number) => Promise<unknown>
  /** Name of the case that it is compared with. */
  floor?: string
}

/** Times of one case, milliseconds. */
export interface Timing {
  name: string
  median: number
  p90: number
  /** Median divided by the floor's median. */
  ratio: number | undefined
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
  const times = new Map(cases.map(({ name }) => [name, [] as number[]]))
  for (let round = 0; round <= rounds; round += 1) {
    for (const { name, argv, after } of cases) {
      const line = await argv(round)
      const start = performance.now()
      await runQuietly(line, env)
      if (round > 0) times.get(name)?.push(performance.now() - start)
      await after?.(round)
    }
  }
  const median = (name: string) => quantile(times.get(name) ?? [], 0.5)
  return cases.map(({ name, floor }) => ({
    name,
    median: median(name),
    p90: quantile(times.get(name) ?? [], 0.9),
    ratio: floor === undefined ? undefined : median(name) / median(floor),
  }))
}

function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) * part)] ?? Number.NaN
}
