import type { ProbeResult } from '@agentvm/sdk'
import { check, ProbeSchema } from '@agentvm/sdk/schemas'
import { PluginError } from '../errors.ts'
import { visibleLine } from '../terminal/visible.ts'
import { thrownText } from './contain.ts'
import { callForeign } from './foreign-call.ts'
import { inTime } from './run-hook.ts'

/** How long a function of a plugin's may take, in milliseconds: a probe may start a sandbox, others may ask a network. */
const TAKES_MS = 60_000
const PROBE_TAKES_MS = 30_000

/**
 * The same sandbox backend or identity provider, whose functions throw nothing but a {@link PluginError} that names the
 * plugin, and end in time. A probe that fails says that the backend doesn't work here.
 */
export function guarded<T extends object>(plugin: string, value: T): T {
  const entries = Object.entries(value).map(([key, part]): [string, unknown] => {
    if (typeof part !== 'function') return [key, part]
    const call = guardedCall(plugin, key, (...args) => part.apply(value, args))
    return [key, key === 'probe' ? probing(plugin, call) : call]
  })
  return Object.fromEntries(entries) as T
}

type Call = (...args: unknown[]) => unknown

function guardedCall(plugin: string, name: string, call: Call): Call {
  const failed = (error: unknown) =>
    new PluginError(plugin, `${name}(): ${visibleLine(thrownText(error))}`, { cause: error })
  return (...args) => {
    try {
      const ms = name === 'probe' ? PROBE_TAKES_MS : TAKES_MS
      const result = callForeign(() => call(...args), ms)
      if (!(result instanceof Promise)) return result
      return inTime(result, ms).catch((error) => {
        throw failed(error)
      })
    } catch (error) {
      throw failed(error)
    }
  }
}

function probing(plugin: string, probe: Call): () => Promise<ProbeResult> {
  const fails = (reason: string) =>
    ({ ok: false, reason, fix: `agentvm plugins uninstall ${plugin}` }) as const
  return async () => {
    try {
      const checked = check(ProbeSchema, await probe())
      return checked.ok ? checked.value : fails(`plugin ${plugin}: probe(): ${checked.problems.join('; ')}`)
    } catch (error) {
      return fails((error as Error).message)
    }
  }
}
