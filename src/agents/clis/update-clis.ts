import { UserError } from '../../errors.ts'
import { inWords } from '../../system/system-error.ts'
import type { Context } from '../context.ts'
import { type CliChange, type InstallCliOptions, installCli } from './install-cli.ts'
import { changingClis, dropCli, type InstalledCli, installedCli, installedClis } from './store.ts'

/** A CLI that `profiles update` looked at. */
export interface CliUpdate {
  profile: string
  version: string
  previous_version: string
  updated: boolean
  /** Why it stayed as it was, if that was a failure. */
  error: string | null
  /** What mends that, if anybody can say. */
  fix: string | null
}

/** A CLI that was taken off. */
export interface RemovedCli {
  profile: string
  version: string
}

/** Brings installed CLIs to the versions that their profiles were checked with. One that fails stays as it was. */
export async function updateClis(
  context: Context,
  names: readonly string[],
  options: Omit<InstallCliOptions, 'version'>,
): Promise<CliUpdate[]> {
  const clis = names.length > 0 ? requireInstalled(context, names) : installedClis(context)
  const updates: CliUpdate[] = []
  for (const { profile, version } of clis) {
    const before = { profile, previous_version: version }
    try {
      const change = await updateOne(context, profile, options)
      updates.push({ ...before, version: change.version, updated: change.installed, error: null, fix: null })
    } catch (error) {
      if (options.signal.aborted) throw error
      const { what, fix = null } = inWords(error as Error)
      updates.push({ ...before, version, updated: false, error: what, fix })
    }
  }
  return updates
}

async function updateOne(
  context: Context,
  name: string,
  options: Omit<InstallCliOptions, 'version'>,
): Promise<CliChange> {
  const profile = await context.extensions.profile(name)
  return installCli(context, profile, { ...options, version: undefined })
}

/** Takes the CLIs of profiles off. Throws a {@link UserError}, and does nothing, if one of them isn't installed. */
export function uninstallClis(context: Context, names: readonly string[]): Promise<RemovedCli[]> {
  return changingClis(context, async () => {
    const clis = requireInstalled(context, names)
    for (const { profile } of clis) dropCli(context, profile)
    return clis.map(({ profile, version }) => ({ profile, version }))
  })
}

function requireInstalled(context: Context, names: readonly string[]): InstalledCli[] {
  return names.map((name) => {
    const cli = installedCli(context, name)
    if (cli) return cli
    throw new UserError(`agentvm has installed no CLI for the profile '${name}'`, {
      fix: "'agentvm profiles' shows where each program is",
    })
  })
}
