import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { until } from '../../support/agentvm.ts'
import { agentvm, inHome } from '../agentvm.ts'
import { logOf } from '../logs/log-of.ts'
import { runQuietly } from '../measure.ts'
import type { Workbench } from '../workbench.ts'

const LINE = 'all work and no play makes for 50 bytes in a line\n'
const BYTES = 10_000_000
const LONGEST_MS = 60_000

/** A prompt of 10 MB: on standard input, and typed into a terminal, until the program in the agent has read it all. */
export async function prompts(bench: Workbench): Promise<void> {
  const home = bench.home()
  const file = join(bench.folder(), 'prompt')
  writeFileSync(file, LINE.repeat(BYTES / LINE.length))
  const each = { ...inHome(home), rounds: Math.min(bench.rounds, 5) }
  const flags = ['--net', 'none', '--prompt', file, '--']
  const reader = ['sh', '-c', `stty -icanon -echo; head -c ${BYTES} | wc -c; exec sleep 1000`]
  await bench.time([
    { name: 'run, 10 MB prompt', argv: () => agentvm('run', ...flags, 'wc', '-c'), ...each },
    {
      name: 'spawn, 10 MB prompt, until it is read',
      time: async (round) => {
        const start = performance.now()
        await runQuietly(agentvm('spawn', `p${round}`, ...flags, ...reader), {
          ...each,
          signal: bench.signal,
        })
        await until(() => logOf(home, `p${round}`).includes(String(BYTES)), 'the prompt’s end', LONGEST_MS)
        return performance.now() - start
      },
      after: (round) => home.ok('kill', `p${round}`),
      ...each,
    },
  ])
}
