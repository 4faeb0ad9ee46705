import type { Profile } from '@agentvm/sdk'
import { resolveProgram } from '../../policy/program.ts'
import { systemRoots } from '../../policy/system-paths.ts'
import type { Context } from '../context.ts'
import type { CheckResult } from './check.ts'

/** Checks each profile: whether its program is installed, and whether a key for it is there. Neither is a problem of agentvm's. */
export async function checkProfiles(context: Context): Promise<CheckResult[]> {
  const known = context.extensions.list('profile')
  const loaded = await Promise.allSettled(known.map(({ id }) => context.extensions.profile(id)))
  return loaded.map((result, index) => {
    const name = `profile ${known[index]?.id}`
    if (result.status === 'rejected') {
      return { name, status: 'problem', message: (result.reason as Error).message }
    }
    return checkProfile(context, result.value, name)
  })
}

/** Says which built-in plugins are declared but not installed. */
export function checkPlugins(context: Context): CheckResult[] {
  return context.extensions.missing().map((plugin) => ({
    name: `plugin ${plugin}`,
    status: 'warning',
    message: 'is missing from this agentvm',
    fix: `agentvm plugins install ${plugin}`,
  }))
}

function checkProfile(context: Context, profile: Profile, name: string): CheckResult {
  const found = resolveProgram(profile.command[0], {
    searchPath: context.caller.PATH ?? '',
    home: context.caller.HOME ?? '/',
    systemRoots: systemRoots(process.platform),
    forbidden: [context.home.root],
  })
  if ('missing' in found) {
    return {
      name,
      status: 'warning',
      message: `${profile.command[0]} is not installed`,
      fix: profile.install.hint,
    }
  }
  const available: Record<string, string | undefined> = { ...context.caller, ...context.envFile() }
  const keys = [...profile.env.allOf, ...profile.env.anyOf].filter((key) => !key.startsWith('file:'))
  const set = keys.filter((key) => available[key])
  if (keys.length > 0 && set.length === 0) {
    return { name, status: 'warning', message: `${found.path}, no key`, fix: `agentvm env set ${keys[0]}` }
  }
  return { name, status: 'ok', message: `${found.path}${set.length > 0 ? `, ${set.join(' ')}` : ''}` }
}
