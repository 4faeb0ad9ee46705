import type { Profile } from '@agentvm/sdk'
import type { Provided } from '../../extensions/provided.ts'
import { installCommand } from '../clis/find-program.ts'
import { askProfileVersion, knownVersion, versionProblem } from '../clis/version.ts'
import type { Context } from '../context.ts'
import { type KeyStatus, keysOf, missingKeys } from './keys.ts'
import { loadProfiles } from './load.ts'
import { profileProgram } from './program.ts'

/** What keeps a profile from working, and the command that mends it. */
interface ProfileProblem {
  what: string
  fix: string
}

/** One profile as `profiles --json` prints it. */
export interface ProfileRow {
  name: string
  /** A name for people; null if the plugin is broken. */
  label: string | null
  source: Provided['source']
  /** The plugin's name; the path of its file for a profile of the user's own. */
  plugin: string
  /** Null for a profile of the user's own. */
  plugin_version: string | null
  /** The plugin whose profile of the same name this one hides. */
  replaces: string | null
  command: string | null
  /** Where the program is; null if it isn't installed. */
  path: string | null
  /** Of the program, where its package tells, or it was asked before; else null. */
  version: string | null
  /** `ready`; `no program`; `old version`: older than the profile supports; `no key`: it starts, but its provider will refuse it; `broken`: its plugin fails. */
  status: 'ready' | 'no program' | 'old version' | 'no key' | 'broken'
  problems: ProfileProblem[]
}

/** One profile as `profiles show --json` prints it. */
export interface ProfileDetails extends ProfileRow {
  autonomous_args: string[]
  prompt: Profile['prompt']['via'] | null
  headless: boolean
  resume: boolean
  keys: KeyStatus[]
  hosts: Profile['hosts'] | null
  /** Host paths that it opens. */
  read_only: string[]
  read_write: string[]
  /** What is copied from the user's home, relative to it. */
  copied_state: string[]
  startup_keys: string[]
  post_create_script: string | null
  install: string | null
}

/** Every profile and whether it can be used here, by name. Loads each plugin; runs no program. */
export async function profileRows(context: Context): Promise<ProfileRow[]> {
  const { loaded, broken } = await loadProfiles(context)
  return context.extensions.list('profile').map((offer) => {
    const profile = loaded.find(({ name }) => name === offer.id)
    if (profile) return rowOf(context, offer, profile)
    const what = broken.find(({ name }) => name === offer.id)?.problem ?? "its plugin doesn't return it"
    return brokenRow(offer, what)
  })
}

/** Everything about one profile; asks its program for the version. Throws a {@link UserError} if there is none of that name. */
export async function profileDetails(context: Context, name: string): Promise<ProfileDetails> {
  const profile = await context.extensions.profile(name)
  const offer = context.extensions.list('profile').find(({ id }) => id === name)
  if (!offer) throw new Error(`the profile ${name} is offered by no plugin`)
  const row = rowOf(context, offer, profile)
  const version = await askProfileVersion(context, profile)
  return {
    ...row,
    version: version ?? row.version,
    autonomous_args: profile.autonomousArgs,
    prompt: profile.prompt.via,
    headless: profile.headless !== undefined,
    resume: profile.resume !== undefined,
    keys: keysOf(context, profile),
    hosts: profile.hosts,
    read_only: profile.readOnly ?? [],
    read_write: profile.readWrite ?? [],
    copied_state: profile.state.copy,
    startup_keys: profile.startupKeys ?? [],
    post_create_script: profile.postCreateScript ?? null,
    install: profile.install.hint,
  }
}

function rowOf(context: Context, offer: Provided, profile: Profile): ProfileRow {
  const found = profileProgram(context, profile)
  const path = 'missing' in found ? null : found.path
  const noKey = missingKeys(keysOf(context, profile))
  const problems: ProfileProblem[] = []
  if (path === null) {
    problems.push({ what: `${profile.command[0]} is not on your PATH`, fix: installCommand(profile) })
  }
  const version = path === null ? undefined : knownVersion(context, path)
  const tooOld = versionProblem(context, profile, version)
  if (tooOld) problems.push(tooOld)
  if (noKey) problems.push(noKey)
  return {
    ...offerFields(offer),
    label: profile.label,
    command: profile.command.join(' '),
    path,
    version: version ?? null,
    status: path === null ? 'no program' : tooOld ? 'old version' : noKey ? 'no key' : 'ready',
    problems,
  }
}

function brokenRow(offer: Provided, what: string): ProfileRow {
  const fixes = { 'built-in': 'agentvm doctor', user: `mend ${offer.plugin}` }
  const fix =
    offer.source in fixes
      ? fixes[offer.source as keyof typeof fixes]
      : `agentvm plugins uninstall ${offer.plugin}`
  return {
    ...offerFields(offer),
    ...{ label: null, command: null, path: null, version: null },
    status: 'broken',
    problems: [{ what, fix }],
  }
}

function offerFields(offer: Provided) {
  return {
    name: offer.id,
    source: offer.source,
    plugin: offer.plugin,
    plugin_version: offer.version || null,
    replaces: offer.replaces ?? null,
  }
}
