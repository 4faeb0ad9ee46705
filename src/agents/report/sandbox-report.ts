import type { SandboxBackend } from '@agentvm/sdk'
import { PluginError } from '../../errors.ts'
import type { Provided } from '../../extensions/provided.ts'
import type { Context } from '../context.ts'

/** One sandbox backend as `sandboxes --json` prints it. */
export interface SandboxRow {
  id: string
  /** A name for people; null if the plugin is broken. */
  label: string | null
  source: Provided['source']
  plugin: string
  /** The plugin whose backend of the same id this one hides. */
  replaces: string | null
  platforms: string[]
  /** Whether it works on this machine. */
  works: boolean
  /** Whether agents get it unless they ask for another one. */
  default: boolean
  /** What enforces, such as `bubblewrap 0.8.0`. */
  version: string | null
  /** Why it doesn't work. */
  reason: string | null
  fix: string | null
  /** What it enforces; null if the plugin is broken. */
  isolates: boolean | null
  /** Modes that it enforces here. */
  network: string[] | null
  limits: string[] | null
  processes: SandboxBackend['capabilities']['processes'] | null
  /** Whether a running agent can be renamed. */
  relocatable: boolean | null
}

/** Every sandbox backend, the strongest first, and whether it works here. */
export async function sandboxRows(context: Context): Promise<SandboxRow[]> {
  const offers = context.extensions.list('sandbox')
  const rows = await Promise.all(offers.map((offer) => rowOf(context, offer)))
  rows.sort((a, b) => b.rank - a.rank)
  const wanted = context.settings.sandbox
  const chosen = wanted ? rows.find(({ id }) => id === wanted) : rows.find(({ works }) => works)
  return rows.map(({ rank: _, ...row }) => ({ ...row, default: row.id === chosen?.id }))
}

async function rowOf(context: Context, offer: Provided): Promise<SandboxRow & { rank: number }> {
  try {
    return await workingRow(offer, await context.extensions.sandbox(offer.id))
  } catch (error) {
    if (!(error instanceof PluginError)) throw error
    return {
      ...{ id: offer.id, label: null, source: offer.source, plugin: offer.plugin, platforms: [], rank: -1 },
      ...{ replaces: offer.replaces ?? null },
      ...{ works: false, default: false, version: null, reason: error.message, fix: 'agentvm doctor' },
      ...{ isolates: null, network: null, limits: null, processes: null, relocatable: null },
    }
  }
}

async function workingRow(offer: Provided, backend: SandboxBackend): Promise<SandboxRow & { rank: number }> {
  const { id, label, platforms, rank, capabilities } = backend
  const isForHere = platforms.includes(process.platform)
  const probe = isForHere
    ? await backend.probe()
    : ({ ok: false, reason: `is for ${platforms.join(' and ')} only` } as const)
  const { isolates, limits, processes, relocatable } = capabilities
  const lacking = capabilities.networkLacks?.map(({ mode }) => mode) ?? []
  const network = capabilities.network.filter((mode) => !lacking.includes(mode))
  return {
    ...{ id, label, source: offer.source, plugin: offer.plugin, platforms, rank, default: false },
    replaces: offer.replaces ?? null,
    works: probe.ok,
    version: (probe.ok && probe.version) || null,
    reason: probe.ok ? null : probe.reason,
    fix: (!probe.ok && 'fix' in probe && probe.fix) || null,
    ...{ isolates, network, limits, processes, relocatable },
  }
}
