import type { Config } from '@oclif/core'
import { Interrupted, UserError } from '../../errors.ts'
import { visibleLine } from '../../terminal/visible.ts'
import { stripUserInfo } from '../../workspace/seed/credentials.ts'
import type { InstallSource } from '../install-source.ts'
import { type Abilities, abilitiesOf, missingModules, sideEffects } from './abilities.ts'
import { type Allowed, allowedPlugins } from './allowed.ts'
import { changingPlugins, keepPackage, withStaging } from './change.ts'
import { type PluginEntry, readEntries } from './entries.ts'
import { type FetchOptions, fetchPackage, packagesIn } from './fetch.ts'
import { type PluginFacts, readPlugin } from './read-plugin.ts'

/** A plugin that is about to be made active, or has been. */
export interface PluginChange extends Abilities {
  name: string
  version: string
  /** The version of the same plugin that it takes the place of; null if there is none. A built-in one counts, too. */
  previous_version: string | null
  source: 'installed' | 'linked'
  /** What was installed. */
  from: string
}

/** What is asked about before a plugin is made active. */
export interface Proposal {
  change: PluginChange
  /** How many other packages come with it. */
  packages: number
  /** What is worth knowing of it, sentences. */
  notes: string[]
  /** Whether the same version is there. */
  isSame: boolean
}

/** How plugins are installed. */
export interface InstallOptions extends FetchOptions {
  /** Tells what is being done. */
  say: (what: string) => void
  /** Says whether to go on; a throw ends it with its own words. */
  approve: (proposal: Proposal) => Promise<boolean>
}

/**
 * Installs one plugin into `$AGENTVM_HOME/plugins`: fetches it aside, reads what it says of itself, asks, and then makes
 * it count in one step. Throws a {@link UserError}, everything being as it was, if any of that fails.
 */
export function installPlugin(
  config: Config,
  source: InstallSource,
  options: InstallOptions,
): Promise<PluginChange> {
  return changingPlugins(config.dataDir, async () => {
    const allowed = allowedPlugins(options.env)
    if ('names' in source && !source.names.some(allowed)) throw notAllowed(source.names.at(-1) ?? '')
    const change = await fetchAndKeep(config, withoutForbidden(source, allowed), allowed, options)
    if (!change) throw new UserError('nothing was installed')
    return change
  })
}

/** A name whose first form isn't allowed must not be fetched in that form. */
function withoutForbidden(source: InstallSource, allowed: Allowed): InstallSource {
  return 'names' in source ? { ...source, names: source.names.filter(allowed) } : source
}

/** The part of {@link installPlugin} for a caller that holds the lock. Undefined if it wasn't approved. */
export async function fetchAndKeep(
  config: Config,
  source: InstallSource,
  allowed: Allowed,
  options: InstallOptions,
): Promise<PluginChange | undefined> {
  const folder = config.dataDir
  const asked = 'url' in source ? stripUserInfo(source.url) : `${source.names.at(-1)}@${source.tag}`
  options.say(`fetching ${asked}`)
  return withStaging(folder, async (staging) => {
    const fetched = await fetchPackage(staging, source, options)
    const facts = usable(fetched.root, asked, options)
    const from = 'url' in source ? asked : `${facts.name}@${source.tag}`
    if (!allowed(facts.name)) throw notAllowed(facts.name)
    const before = readEntries(folder).find(({ name }) => name === facts.name)
    const previous = config.plugins.get(facts.name)?.version ?? null
    const change: PluginChange = {
      ...{ name: facts.name, version: facts.version, previous_version: previous },
      ...{ source: 'installed', from, ...abilitiesOf(facts) },
    }
    const proposal: Proposal = {
      ...{ change, packages: packagesIn(staging) - 1 },
      notes: [...sideEffects(config, facts, 'installed'), ...insteadOfLink(before)],
      isSame: before?.type === 'user' && previous === facts.version,
    }
    if (!(await options.approve(proposal))) return undefined
    if (options.signal.aborted)
      throw new Interrupted('interrupted, nothing was installed', { signal: options.signal.reason })
    keepPackage(folder, staging, fetched.root, { name: facts.name, ...fetched.from })
    return change
  })
}

/** Reads a fetched plugin. Throws a {@link UserError} if it can't be used, or isn't all there. */
function usable(root: string, asked: string, { allowScripts }: FetchOptions): PluginFacts {
  let facts: PluginFacts
  try {
    facts = readPlugin(root)
  } catch (error) {
    throw new UserError(`${asked}: ${visibleLine((error as Error).message)}`, { cause: error })
  }
  const [missing] = missingModules(facts)
  if (missing === undefined) return facts
  throw new UserError(`${facts.name}: ${visibleLine(missing)} is missing from the package`, {
    fix: allowScripts
      ? 'tell its author: the package was published without being built'
      : 'if it is a git repository that has to be built first, --allow-scripts lets it',
  })
}

function insteadOfLink(before: PluginEntry | undefined): string[] {
  return before?.type === 'link' ? [`it takes the place of the link to ${before.root}`] : []
}

/** For a plugin that `AGENTVM_PLUGIN_ALLOW` leaves out. */
export function notAllowed(name: string): UserError {
  return new UserError(`the plugin ${name} is not in AGENTVM_PLUGIN_ALLOW`, {
    fix: "'agentvm config get AGENTVM_PLUGIN_ALLOW' shows what is allowed",
  })
}
