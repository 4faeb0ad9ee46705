import type { SandboxPolicy } from '@agentvm/sdk'
import type { HostFacts } from './host-facts.ts'

/**
 * Restores the signals that bubblewrap itself ignores. Ctrl-C goes to every process of the pane's foreground group:
 * bubblewrap must survive it, the agent's command must get it. As a by-product, a command that isn't there ends
 * with 127, one that can't be run with 126.
 */
export const RESTORE_SIGNALS = ['/usr/bin/env', '--default-signal=INT', '--default-signal=QUIT']

/** Runs its arguments as they are. env takes a first word with `=` for a variable, even after `--`. */
const AS_IT_IS = ['nice', '-n', '0', '--']

/** Variables that a shell sets on its way. They hold nothing secret: their values may stand in a command line. */
const OF_SHELLS = ['OLDPWD', 'PWD', 'SHLVL', '_']

/** What bubblewrap starts so that the command runs argument by argument and with exactly this environment. */
export function innerCommand(
  command: readonly string[],
  { env, network, limits }: Pick<SandboxPolicy, 'env' | 'network' | 'limits'>,
  processBound: HostFacts['processBound'],
): string[] {
  const [program] = command
  if (program === undefined) throw new Error('there is no command')
  // bubblewrap sets PWD although it was told to clear everything; the bridge's shell sets more.
  const changed = network.mode === 'allowlist' ? OF_SHELLS : ['PWD']
  const restored = network.mode === 'allowlist' ? OF_SHELLS.filter((name) => name in env) : []
  return [
    ...RESTORE_SIGNALS,
    ...changed.filter((name) => !(name in env)).map((name) => `--unset=${name}`),
    '--',
    ...restored.map((name) => `${name}=${env[name]}`),
    ...boundProcesses(limits.processes, processBound),
    ...(program.includes('=') ? AS_IT_IS : []),
    ...command,
  ]
}

/** Set inside, where the kernel counts the processes of this user namespace only: outside they would be all of the user's. */
function boundProcesses(limit: number | undefined, bound: HostFacts['processBound']): string[] {
  return limit && bound ? [bound.prlimit, `--nproc=${Math.min(limit, bound.most)}`, '--'] : []
}
