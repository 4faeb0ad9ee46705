import type { Profile } from '@agentvm/sdk'
import type { OwnProfile } from '@agentvm/sdk/schemas'

/** A whole profile from what the user's file says: what it leaves out is as for a program of which nothing is known. */
export function completeProfile(name: string, own: OwnProfile): Profile {
  const { $schema: _, name: __, env, hosts, state, versions, ...rest } = own
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined))
  return {
    label: name,
    autonomousArgs: [],
    tools: [],
    prompt: { via: 'typed' },
    install: { hint: `install '${own.command[0]}', or give its path in your profile` },
    ...given,
    name,
    command: own.command,
    env: { anyOf: [], allOf: [], optional: [], set: {}, ...env },
    hosts: { required: [], login: [], optional: [], ...hosts },
    state: { copy: [], never: [], ...state },
    versions: { args: ['--version'], ...versions },
  }
}
