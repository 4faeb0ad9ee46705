import type { AgentvmHooks, HookName } from '@agentvm/sdk'
import type { Config } from '@oclif/core'
import { visibleLine } from '../terminal/visible.ts'
import { containPlugin, thrownText } from './contain.ts'

/** What one plugin's hook came to. */
export type HookOutcome<Name extends HookName> =
  | { ok: true; value: AgentvmHooks[Name]['returns'] }
  | { ok: false; error: Error }

/** Plugins that have a hook, by name. Loads nothing. */
export function pluginsWithHook(config: Config, hook: HookName): string[] {
  return [...config.plugins.values()].filter((plugin) => plugin.hooks[hook]).map(({ name }) => name)
}

/**
 * Calls one hook of one plugin, by oclif's own means on a config narrowed to that plugin. Never throws: a throw, a
 * module that doesn't load, and loading and running that take longer than `timeoutMs` are outcomes. Undefined if it has no
 * such hook. `warn` is told of what the plugin does later, when nobody waits for it.
 */
export async function runHookOf<Name extends HookName>(
  config: Config,
  plugin: string,
  hook: Name,
  options: AgentvmHooks[Name]['options'],
  { timeoutMs, warn }: { timeoutMs: number; warn: (plugin: string, problem: string) => void },
): Promise<HookOutcome<Name> | undefined> {
  const instance = config.plugins.get(plugin)
  if (!instance?.hooks[hook]) return undefined
  if (instance.type !== 'core') containPlugin(plugin, instance.root, (problem) => warn(plugin, problem))
  const narrowed: Config = Object.create(config, { plugins: { value: new Map([[plugin, instance]]) } })
  try {
    const run = narrowed.runHook(hook, options as Record<string, unknown>, undefined, true)
    const { failures, successes } = await inTime(run, timeoutMs)
    const [failure] = failures
    if (failure) throw failure.error
    const [success] = successes
    if (!success) throw new Error(`its module has no function for the hook ${hook}`)
    return { ok: true, value: success.result as AgentvmHooks[Name]['returns'] }
  } catch (error) {
    return { ok: false, error: new Error(visibleLine(thrownText(error)), { cause: error }) }
  }
}

/** What a promise comes to. Throws an `Error` if that takes longer than `ms`; a pending one doesn't end the process early. */
export async function inTime<T>(promise: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`takes longer than ${ms / 1000} seconds`)), ms)
  })
  promise.catch(() => {})
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
