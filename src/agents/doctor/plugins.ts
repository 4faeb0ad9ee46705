import type { Context } from '../context.ts'
import type { CheckResult } from './check.ts'

/** Checks that every plugin is there, loads, and keeps its contract. Only what can't be used is a problem. */
export async function checkPlugins(context: Context): Promise<CheckResult[]> {
  const missing = context.extensions.missing().map(
    (plugin): CheckResult => ({
      name: `plugin ${plugin}`,
      status: 'warning',
      message: 'is missing from this agentvm',
      fix: `agentvm plugins install ${plugin}`,
    }),
  )
  const offers = (['profile', 'sandbox', 'identity'] as const).flatMap((kind) =>
    context.extensions.list(kind),
  )
  const builtIn = new Set(offers.filter(({ source }) => source === 'built-in').map(({ plugin }) => plugin))
  const broken = (await context.extensions.problems()).map(
    ({ plugin, problem, fix }): CheckResult => ({
      name: `plugin ${plugin}`,
      status: 'problem',
      message: problem,
      fix: fix ?? (builtIn.has(plugin) ? 'agentvm upgrade' : `agentvm plugins uninstall ${plugin}`),
    }),
  )
  const outdated = context.extensions.outdated().map(
    ({ name, version, replaces_version: builtIn }): CheckResult => ({
      name: `plugin ${name}`,
      status: 'warning',
      message: `${version} is in the place of the built-in ${builtIn}, which is newer`,
      fix: `agentvm plugins uninstall ${name}`,
    }),
  )
  const all = [...missing, ...broken, ...outdated]
  return all.length > 0 ? all : [{ name: 'plugins', status: 'ok', message: 'all load' }]
}
