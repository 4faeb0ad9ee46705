import type { SandboxPolicy } from '@agentvm/sdk'
import { bridgeLines } from './bridge.ts'
import type { HostFacts } from './host-facts.ts'

/** Descriptor by which the environment comes: podman would keep it in the container's settings on disk. */
export const ENV_FD = 3
/** Descriptor on which the container says that the command begins. */
export const STATUS_FD = 4
/** What it says there. */
export const BEGINS = 'begins'

/** What podman sets in spite of `--unsetenv-all`, and what a shell sets on its way. */
const NOT_OURS = ['HOME', 'HOSTNAME', 'AGENTVM_AGENT_ID', 'OLDPWD', 'PWD', 'SHLVL', 'TERM', '_', 'container']
/** Only `env` itself can set or unset these for good. */
const OF_SHELLS = ['OLDPWD', 'PWD', 'SHLVL', '_']

/**
 * The container's first process: a shell that stays, since a first process ignores signals that it doesn't handle and
 * has to bury orphans. It brings the bridge up, takes the environment, and starts the command as its child.
 */
export function innerScript(policy: SandboxPolicy, facts: HostFacts): string {
  const unset = OF_SHELLS.filter((name) => !(name in policy.env)).map((name) => `--unset=${name}`)
  const set = OF_SHELLS.filter((name) => name in policy.env).map((name) =>
    quote(`${name}=${policy.env[name]}`),
  )
  return [
    'PATH=/usr/bin:/bin',
    ...bridgeLines(policy, facts),
    'trap : INT QUIT TERM HUP',
    // A shell tells how its child was ended: that is not the command's output.
    'exec 5>&2 2>/dev/null',
    '(',
    'exec 2>&5 5>&-',
    `cd ${quote(policy.cwd)} || exit 125`,
    'given=$(cat <&3) || exit 125',
    `unset ${NOT_OURS.filter((name) => name !== '_').join(' ')}`,
    `echo ${BEGINS} >&4 || exit 125`,
    'exec 3<&- 4>&-',
    'eval "unset PATH given; $given"',
    `exec /usr/bin/env ${[...unset, '--', ...set].join(' ')} /usr/bin/nice -n 0 -- "$@"`,
    ')',
  ].join('\n')
}

/** The environment as lines of sh. */
export function environmentLines(env: Record<string, string>): string {
  return Object.entries(env)
    .filter(([name]) => !OF_SHELLS.includes(name))
    .map(([name, value]) => `export ${name}=${quote(value)}\n`)
    .join('')
}

function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`
}
