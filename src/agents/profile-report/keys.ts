import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Profile } from '@agentvm/sdk'
import { maskValue } from '../../settings/env-file.ts'
import type { Context } from '../context.ts'
import { loadProfiles } from './load.ts'

/** One variable of a profile, and whether it has a value. */
export interface KeyStatus {
  profile: string
  /** The variable, or `file:PATH` for a login file below the user's home. */
  name: string
  /** Whether each such variable must be set, or one of them, or none. */
  need: 'all-of' | 'any-of' | 'optional'
  /** Where the value comes from: the env file beats the shell. */
  source: 'env-file' | 'shell' | 'file' | null
  /** The value so that one recognises it, never the value itself; null if there is none. */
  masked: string | null
}

/** The keys of one profile, those that it needs first. */
export function keysOf(context: Context, profile: Profile): KeyStatus[] {
  const { allOf, anyOf, optional } = profile.env
  const names = (need: KeyStatus['need'], list: string[]) =>
    list.filter((name) => !name.endsWith('*')).map((name) => ({ need, name }))
  const all = [...names('all-of', allOf), ...names('any-of', anyOf), ...names('optional', optional)]
  const file = context.envFile()
  return all.map(({ need, name }) => ({
    ...{ profile: profile.name, name, need },
    ...findValue(name, file, context.caller),
  }))
}

/** What the profile lacks before its CLI can talk to its provider, with the command that mends it; undefined if nothing. */
export function missingKeys(keys: readonly KeyStatus[]): { what: string; fix: string } | undefined {
  const unset = (need: KeyStatus['need']) => keys.filter((key) => key.need === need && !key.source)
  const anyOf = keys.filter(({ need, name }) => need === 'any-of' && !name.startsWith('file:'))
  const required = unset('all-of')
  if (required[0]) {
    return {
      what: `${required.map(({ name }) => name).join(' and ')} not set`,
      fix: `agentvm env set ${required[0].name}`,
    }
  }
  if (anyOf[0] && unset('any-of').length === keys.filter(({ need }) => need === 'any-of').length) {
    return {
      what: `none of ${namesText(anyOf.map(({ name }) => name))} set`,
      fix: `agentvm env set ${anyOf[0].name}`,
    }
  }
  return undefined
}

/** The first three names, and how many more there are. */
function namesText(names: readonly string[]): string {
  const more = names.length - 3
  return names.slice(0, 3).join(', ') + (more > 0 ? ` and ${more} more` : '')
}

/** The keys of every profile, or of one. Throws a {@link UserError} if there is no such profile. */
export async function allKeys(context: Context, only?: string): Promise<KeyStatus[]> {
  const profiles = only ? [await context.extensions.profile(only)] : (await loadProfiles(context)).loaded
  return profiles.flatMap((profile) => keysOf(context, profile))
}

function findValue(
  name: string,
  file: Record<string, string>,
  shell: NodeJS.ProcessEnv,
): Pick<KeyStatus, 'source' | 'masked'> {
  if (name.startsWith('file:')) {
    const path = join(shell.HOME ?? '/', name.slice('file:'.length))
    return { source: existsSync(path) ? 'file' : null, masked: null }
  }
  if (file[name]) return { source: 'env-file', masked: maskValue(file[name]) }
  return shell[name] ? { source: 'shell', masked: maskValue(shell[name]) } : { source: null, masked: null }
}
