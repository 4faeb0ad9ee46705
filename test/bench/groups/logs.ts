import { agentvm, inHome } from '../agentvm.ts'
import { followed } from '../logs/follow.ts'
import { printedBy } from '../logs/printed-by.ts'
import { SHOWN, writePrinted } from '../logs/terminal-output.ts'
import type { Workbench } from '../workbench.ts'

const GIGABYTE = 1e9
const RATE = 50e6
const FOLLOWED_MS = 5_000

/** The log of an agent that has printed a gigabyte, and one that prints more than any terminal passes on. */
export async function logs(bench: Workbench): Promise<void> {
  const home = bench.home()
  const { env } = inHome(home)
  for (const name of ['big', 'fast']) await home.ok('spawn', name, '--net', 'none', '--', 'sleep', '1000')
  const blocks = writePrinted(home.file('state', 'big.log'), GIGABYTE)
  let peak = 0
  const all = 'logs --all, 1 GB'
  const timings = await bench.time([
    { name: 'logs -n 100, 1 GB', argv: () => agentvm('logs', 'big', '-n', '100'), env, target: { most: 80 } },
    {
      name: all,
      time: async () => {
        const printed = await printedBy(agentvm('logs', 'big', '--all'), env, bench.signal)
        if (printed.bytes !== blocks * SHOWN.length) throw new Error(`${all}: ${printed.bytes} bytes`)
        peak = Math.max(peak, printed.peak)
        return printed.ms
      },
      rounds: 3,
    },
  ])
  const { median = Number.NaN } = timings.find(({ name }) => name === all) ?? {}
  bench.add(
    { name: all, value: GIGABYTE / 1e3 / median, unit: 'MB/s', target: { least: 150 } },
    { name: `${all}, memory at most`, value: peak / 1e6, unit: 'MB', target: { most: 100 } },
  )
  const log = home.file('state', 'fast.log')
  const options = { env, log, rate: RATE, ms: FOLLOWED_MS, signal: bench.signal }
  const { appended, lost, behindMs } = await followed(agentvm('logs', 'fast', '--follow'), options)
  const name = `logs -f, ${RATE / 1e6} MB/s appended`
  bench.add(
    { name, value: appended / 1e3 / FOLLOWED_MS, unit: 'MB/s', target: null },
    { name: `${name}, lost`, value: lost, unit: 'bytes', target: { most: 0 } },
    { name: `${name}, behind at the end`, value: behindMs, unit: 'ms', target: null },
  )
}
