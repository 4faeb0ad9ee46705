import { spawn } from 'node:child_process'
import { waitInForeground } from '../system/signals.ts'
import { whenStarted } from '../system/when-started.ts'
import { Output } from './output.ts'

/** Starts the pager given as `$1`; where it isn't installed, the text comes as it is. */
const PAGE = 'pager=$1; set -- $1; command -v "$1" >/dev/null || exec cat; eval "exec $pager"'

/**
 * Runs `print` with an output that people can page through: on a terminal `$PAGER`, by default `less -FRX`; otherwise
 * standard output itself.
 */
export async function withPager(
  print: (output: Output) => Promise<void>,
  env: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  const pager = env.PAGER ?? 'less'
  if (!process.stdout.isTTY || pager === '' || pager === 'cat' || env.TERM === 'dumb')
    return print(new Output())
  const child = spawn('/bin/sh', ['-c', PAGE, 'sh', pager], {
    stdio: ['pipe', 'inherit', 'inherit'],
    env: { ...env, LESS: env.LESS ?? 'FRX', LV: env.LV ?? '-c' },
  })
  await whenStarted(child)
  const closed = waitInForeground(child, 'theirs')
  closed.catch(() => {})
  await print(new Output(child.stdin))
  child.stdin.end()
  await closed
}
