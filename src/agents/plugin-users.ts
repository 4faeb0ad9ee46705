import type { Provided } from '../extensions/provided.ts'
import type { Context } from './context.ts'
import { providerOf } from './identity/identity-state.ts'
import { isRunning, liveness } from './state/liveness.ts'
import type { AgentRecord } from './state/record.ts'

/** A running agent that something of a plugin's is used by. */
export interface PluginUse {
  agent: string
  plugin: string
  kind: Provided['kind']
  id: string
  /** Whether another plugin, or the built-in one, brings the same, so that a restart would find it. */
  isElsewhere: boolean
}

/** The running agents that use what these plugins bring. */
export function usesOfPlugins(context: Context, plugins: readonly string[]): PluginUse[] {
  const kinds = ['profile', 'sandbox', 'identity'] as const
  const offers = kinds
    .flatMap((kind) => context.extensions.list(kind))
    .filter(({ source, plugin }) => source !== 'user' && source !== 'built-in' && plugins.includes(plugin))
  if (offers.length === 0) return []
  return context.store
    .all()
    .filter((record) => isRunning(liveness(record, context.home)))
    .flatMap((record) =>
      offers
        .filter(({ kind, id }) => usedIds(record)[kind] === id)
        .map(({ kind, id, plugin, replaces }) => ({
          ...{ agent: record.name, plugin, kind, id },
          isElsewhere: replaces !== undefined,
        })),
    )
}

function usedIds(record: AgentRecord): Record<Provided['kind'], string | undefined> {
  const { profile, sandbox, did } = record
  return { profile, sandbox, identity: did === undefined ? undefined : providerOf(record) }
}
