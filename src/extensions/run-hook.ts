import type { AgentvmHooks, HookName } from '@agentvm/sdk'
import type { Config } from '@oclif/core'

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
 * module that doesn't load and a hook that takes longer than `timeoutMs` are outcomes. Undefined if it has no such hook.
 */
export async function runHookOf<Name extends HookName>(
  config: Config,
  plugin: string,
  hook: Name,
  options: AgentvmHooks[Name]['options'],
  timeoutMs: number,
): Promise<HookOutcome<Name> | undefined> {
  const instance = config.plugins.get(plugin)
  if (!instance?.hooks[hook]) return undefined
  const narrowed: Config = Object.create(config, { plugins: { value: new Map([[plugin, instance]]) } })
  const result = await runHook(narrowed, hook, options, timeoutMs)
  const [failure] = result.failures
  if (failure) return { ok: false, error: failure.error }
  const [success] = result.successes
  if (!success) return { ok: false, error: new Error(`its module has no function for the hook ${hook}`) }
  return { ok: true, value: success.result as AgentvmHooks[Name]['returns'] }
}

/** oclif's own timer doesn't keep the process alive, so that a hook that hangs would end it early; this one does. */
async function runHook(config: Config, hook: HookName, options: object, timeoutMs: number) {
  const keepAlive = setTimeout(() => {}, timeoutMs + 1_000)
  try {
    return await config.runHook(hook, options as Record<string, unknown>, timeoutMs, true)
  } finally {
    clearTimeout(keepAlive)
  }
}
