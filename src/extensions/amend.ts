import type { SpawnAmendment, SpawnPlan } from '@agentvm/sdk'
import { AmendmentSchema } from '@agentvm/sdk/schemas'
import type { Config } from '@oclif/core'
import { UserError } from '../errors.ts'
import { checkForeign } from './check-foreign.ts'
import { compareText } from './order.ts'
import { pluginsWithHook, runHookOf } from './run-hook.ts'

const HOOK = 'agentvm:spawn:before'

/** A plan with what the plugins changed, and who changed what. */
export interface AmendedPlan {
  plan: SpawnPlan
  changes: { plugin: string; fields: string[] }[]
}

/**
 * Asks the plugins one after the other, by name; each sees what the former ones changed. A throw is a veto. So is a
 * hook that hangs, doesn't load or returns something invalid: it may be the guard that the user relies on.
 */
export async function amendPlan(
  config: Config,
  original: SpawnPlan,
  limits: { timeoutMs: number; warn: (plugin: string, problem: string) => void },
): Promise<AmendedPlan> {
  let plan = original
  const changes: AmendedPlan['changes'] = []
  for (const plugin of pluginsWithHook(config, HOOK).sort(compareText)) {
    const outcome = await runHookOf(config, plugin, HOOK, { plan: structuredClone(plan) }, limits)
    if (!outcome) continue
    if (!outcome.ok) throw veto(plugin, outcome.error.message)
    if (outcome.value === undefined) continue
    const checked = checkForeign(AmendmentSchema, outcome.value)
    if (!checked.ok) throw veto(plugin, `${HOOK} returned something invalid: ${checked.problems.join('; ')}`)
    const fields = changedFields(plan, checked.value)
    if (fields.length > 0) changes.push({ plugin, fields })
    plan = { ...plan, ...checked.value }
  }
  return { plan, changes }
}

function changedFields(plan: SpawnPlan, amendment: SpawnAmendment): string[] {
  return Object.entries(amendment)
    .filter(([field, value]) => JSON.stringify(value) !== JSON.stringify(plan[field as keyof SpawnPlan]))
    .map(([field]) => field)
}

function veto(plugin: string, reason: string): UserError {
  return new UserError(`the plugin ${plugin} stopped the spawn: ${reason}`, {
    fix: `if you don't want its say: agentvm plugins uninstall ${plugin}`,
  })
}
