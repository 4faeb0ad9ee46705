import { formatRule } from '../../network/rules.ts'
import { readIfExists } from '../../system/files.ts'
import type { Context } from '../context.ts'
import { BY_FLAG } from '../network/allow-list.ts'
import type { SpawnRequest } from '../spawn/plan.ts'
import type { AgentRecord } from '../state/record.ts'
import { readSecrets } from '../state/secrets.ts'

/**
 * The request that would start an agent as it was started last: profile, command, tags, sandbox, network, paths, and
 * the prompt by its content. `-e NAME=VALUE` has the value that was kept; `-e NAME` is read again from the env file
 * or the caller's shell.
 */
export function repeatRequest({ home }: Context, record: AgentRecord): SpawnRequest {
  const { envNames, ...asked } = record.asked
  const secrets = readSecrets(home, record.id)
  const { name, profile, tags, sandbox, network, wishes, gitlawb } = record
  return {
    ...{ name, profile, tags, sandbox, network, wishes, gitlawb, ...asked },
    // What the profile, the settings and `agentvm net` opened is opened again anyway.
    allow: record.allow.filter(({ from }) => from?.startsWith(BY_FLAG)).map(formatRule),
    // Without both it was a shell, whatever the default profile is now.
    command: record.command ?? (profile === undefined ? ['/bin/sh'] : undefined),
    env: envNames.map((name) => (secrets[name] === undefined ? name : `${name}=${secrets[name]}`)),
    prompt: record.promptFile === undefined ? undefined : readIfExists(record.promptFile),
    tty: true,
  }
}
