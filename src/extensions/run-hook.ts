import type { AgentvmHooks, HookName } from '@agentvm/sdk'
import type { Config } from '@oclif/core'
import { visibleLine } from '../terminal/visible.ts'
import { containPlugin, thrownText } from './contain.ts'
import { callForeign, loadForeign } from './foreign-call.ts'

type Plugin = Config['plugins'] extends Map<string, infer P> ? P : never

/** What one plugin's hook came to. */
export type HookOutcome<Name extends HookName> =
  | { ok: true; value: AgentvmHooks[Name]['returns'] }
  | { ok: false; error: Error }

/** Plugins that have a hook, by name. Loads nothing. */
export function pluginsWithHook(config: Config, hook: HookName): string[] {
  return [...config.plugins.values()].filter((plugin) => plugin.hooks[hook]).map(({ name }) => name)
}

/**
 * Calls one hook of one plugin: a built-in one's by oclif's means, on a config narrowed to that plugin; one of the user's by
 * our own, which also end a loop. Never throws: a throw, a module that doesn't load, and loading and running that take
 * longer than `timeoutMs` are outcomes. Undefined if it has no such hook. `warn` is told of what the plugin does later, when
 * nobody waits for it.
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
  const isOurs = instance.type === 'core'
  if (!isOurs) containPlugin(plugin, instance.root, (problem) => warn(plugin, problem))
  try {
    const run = isOurs
      ? byOclif(config, instance, hook, options)
      : runForeign(instance, hook, options, timeoutMs)
    return { ok: true, value: (await inTime(run, timeoutMs)) as AgentvmHooks[Name]['returns'] }
  } catch (error) {
    return { ok: false, error: new Error(visibleLine(thrownText(error)), { cause: error }) }
  }
}

async function byOclif(config: Config, plugin: Plugin, hook: HookName, options: object): Promise<unknown> {
  const narrowed: Config = Object.create(config, { plugins: { value: new Map([[plugin.name, plugin]]) } })
  const { failures, successes } = await narrowed.runHook(
    hook,
    options as Record<string, unknown>,
    undefined,
    true,
  )
  if (failures[0]) throw failures[0].error
  if (!successes[0]) throw noFunction(hook)
  return successes[0].result
}

/** Runs the modules of a hook one after the other. What the first one returns is the hook's. */
async function runForeign(plugin: Plugin, hook: HookName, options: object, ms: number): Promise<unknown> {
  const results: unknown[] = []
  for (const { target, identifier } of plugin.hooks[hook] ?? []) {
    const module = await loadForeign(plugin.root, target, ms)
    const found = module[identifier] ?? (identifier === 'default' ? anyFunction(module) : undefined)
    if (typeof found !== 'function') throw noFunction(hook)
    results.push(await callForeign(() => found({ ...options }), ms))
  }
  return results[0]
}

function anyFunction(module: Record<string, unknown>): unknown {
  return typeof module === 'function'
    ? module
    : Object.values(module).find((part) => typeof part === 'function')
}

const noFunction = (hook: HookName) => new Error(`its module has no function for the hook ${hook}`)

/** In how many steps a time limit is counted down. */
const STEPS = 5

/**
 * What a promise comes to. Throws an `Error` if that takes longer than `ms`; a pending one doesn't end the process early. It
 * is counted down in steps, so that time that another plugin keeps the process for itself counts as one step at most.
 */
export async function inTime<T>(promise: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    const step = (left: number) => {
      if (left === 0) reject(new Error(`takes longer than ${ms / 1000} seconds`))
      else timer = setTimeout(() => step(left - 1), ms / STEPS)
    }
    step(STEPS)
  })
  promise.catch(() => {})
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
