import type { PluginManifest } from '@agentvm/sdk'
import { check, ManifestSchema } from '@agentvm/sdk/schemas'
import type { Config } from '@oclif/core'
import { builtInVersion } from './installed/built-in.ts'
import { apiVersionProblem, isPlainManifest } from './installed/read-plugin.ts'
import { compareText } from './order.ts'

/** What plugins can offer. */
export type ProvidedKind = 'profile' | 'sandbox' | 'identity'

/** One thing that a plugin offers, as its `package.json` says, or a profile of the user's own. */
export interface Provided {
  kind: ProvidedKind
  id: string
  /** The plugin's name; for a profile of the user's own the path of its file. */
  plugin: string
  /** The plugin's version; empty for a profile of the user's own. */
  version: string
  source: 'user' | 'built-in' | 'installed' | 'linked'
  /** The plugin whose offer of the same id this one hides; with its version, if it is the built-in one of the same name. */
  replaces?: string
}

type Plugin = Config['plugins'] extends Map<string, infer P> ? P : never

const KEYS = { profile: 'profiles', sandbox: 'sandboxes', identity: 'identities' } as const

/** Which hook returns a kind. */
export const HOOK_OF = {
  profile: 'agentvm:profiles',
  sandbox: 'agentvm:sandboxes',
  identity: 'agentvm:identities',
} as const

/** Everything that the plugins' manifests offer. Loads no plugin's code. Bad manifests are reported, and count as none. */
export function readProvided(
  config: Config,
  report: (plugin: string, problem: string) => void,
): { offers: Provided[]; declared: Map<string, PluginManifest> } {
  const declared = new Map<string, PluginManifest>()
  const offers: Provided[] = []
  for (const plugin of [...config.plugins.values()].sort(byPrecedence)) {
    const manifest = readManifest(plugin, report)
    if (!manifest) continue
    declared.set(plugin.name, manifest)
    const builtIn = sourceOf(plugin) === 'built-in' ? null : builtInVersion(config, plugin.name)
    for (const kind of ['profile', 'sandbox', 'identity'] as const) {
      for (const id of manifest[KEYS[kind]] ?? []) addOffer(offers, plugin, { kind, id, builtIn })
    }
  }
  return { offers, declared }
}

function addOffer(
  offers: Provided[],
  plugin: Plugin,
  { kind, id, builtIn }: { kind: ProvidedKind; id: string; builtIn: string | null },
): void {
  const winner = offers.find((offer) => offer.kind === kind && offer.id === id)
  if (winner?.plugin === plugin.name) return
  if (winner) winner.replaces ??= plugin.name
  else offers.push(offerOf(plugin, kind, id, builtIn))
}

function offerOf(plugin: Plugin, kind: ProvidedKind, id: string, builtIn: string | null): Provided {
  const { name, version } = plugin
  const replaces = builtIn === null ? {} : { replaces: `${name} ${builtIn}` }
  return { kind, id, plugin: name, version, source: sourceOf(plugin), ...replaces }
}

function readManifest(
  plugin: Plugin,
  report: (plugin: string, problem: string) => void,
): PluginManifest | undefined {
  const raw = (plugin.pjson as { agentvm?: unknown }).agentvm
  if (raw === undefined) return undefined
  const otherVersion = apiVersionProblem(raw)
  if (otherVersion) {
    report(plugin.name, otherVersion)
    return undefined
  }
  if (isPlainManifest(raw)) return raw
  const checked = check(ManifestSchema, raw)
  if (checked.ok) return checked.value
  report(plugin.name, `package.json "agentvm": ${checked.problems.join('; ')}`)
  return undefined
}

/** Where a plugin comes from, and its name: what decides which of two of the same id counts. */
interface Precedence {
  source: Provided['source']
  name: string
}

/** Linked before installed before built-in; by name within each. Negative if the first one counts. */
export function comparePrecedence(a: Precedence, b: Precedence): number {
  const rank = { user: 0, linked: 1, installed: 2, 'built-in': 3 }
  return rank[a.source] - rank[b.source] || compareText(a.name, b.name)
}

function byPrecedence(a: Plugin, b: Plugin): number {
  return comparePrecedence({ source: sourceOf(a), name: a.name }, { source: sourceOf(b), name: b.name })
}

function sourceOf(plugin: Plugin): Exclude<Provided['source'], 'user'> {
  if (plugin.type === 'link') return 'linked'
  return plugin.type === 'user' ? 'installed' : 'built-in'
}
