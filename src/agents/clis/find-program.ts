import type { Profile } from '@agentvm/sdk'
import type { NotFound } from '../../policy/program/search.ts'
import { type ResolvedProgram, resolveProgram } from '../../policy/program.ts'
import { systemRoots } from '../../policy/system-paths.ts'
import type { Context } from '../context.ts'
import { binFolder, installedCli } from './store.ts'

/**
 * Finds a program on the host and what it needs: in what agentvm has installed for the profile, else on the user's PATH.
 * Nothing else in agentvm's own folder is a program for agents.
 */
export function findAgentProgram(
  context: Context,
  command: string,
  profile: Profile | undefined,
): ResolvedProgram | NotFound {
  const cli = profile && installedCli(context, profile.name)
  const path = context.caller.PATH ?? ''
  return resolveProgram(command, {
    searchPath: cli ? `${binFolder(cli)}:${path}` : path,
    home: context.caller.HOME ?? '/',
    systemRoots: systemRoots(process.platform),
    forbidden: [context.home.root],
    allowed: cli ? [cli.root] : [],
    tools: profile?.tools ?? [],
  })
}

/** The command that gets a missing CLI. */
export function installCommand({ name, command: [program], install }: Profile): string {
  return install.npm !== undefined && !program.includes('/')
    ? `agentvm profiles install ${name}`
    : install.hint
}
