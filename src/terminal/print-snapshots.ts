import type { Context } from '../agents/context.ts'
import { AgentMonitor } from '../agents/watch/monitor.ts'
import { Output, untilInterrupted } from './output.ts'
import { watchText } from './watch-text.ts'

/** Lines of each agent's output in a snapshot. */
const LINES = 3

/** Prints a look at all agents every so often until Ctrl-C or until nobody reads any more. Returns the exit code. */
export async function printSnapshots(
  context: Context,
  { intervalMs, json }: { intervalMs: number; json: boolean },
): Promise<number> {
  const output = new Output()
  const monitor = new AgentMonitor(context, { lines: LINES })
  const interrupted = await untilInterrupted(async (interruption) => {
    const signal = AbortSignal.any([interruption, output.closed])
    for await (const snapshot of monitor.snapshots(intervalMs, signal)) {
      await output.write(json ? `${JSON.stringify(snapshot)}\n` : watchText(snapshot, process.stdout))
    }
  })
  return interrupted ? 130 : 0
}
