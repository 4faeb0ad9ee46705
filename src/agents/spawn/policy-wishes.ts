import type { SpawnPlan } from '@agentvm/sdk'
import type { Layer, PolicyChoices, PolicyWishes } from '../../policy/choices.ts'
import type { Settings } from '../../settings/config-file.ts'

/** What the user's settings say of limits and protection. */
export function settingsWishes(settings: Settings): PolicyWishes {
  const { memory, cpus, pids, openFiles, tmpSize, shmSize, logSize, protect, gitConfig } = settings
  const limits = { memory, cpus, processes: pids, openFiles, tmpSize, shmSize, logSize }
  const set = Object.entries(limits).filter(([, value]) => value !== undefined)
  return { limits: Object.fromEntries(set), protect, gitConfig }
}

/** Which layer decided each field of the plan, once the plugins have had their say. */
export function planSources(choices: PolicyChoices, plan: SpawnPlan, network: Layer): Record<string, Layer> {
  const names = new Set([...Object.keys(choices.limits), ...Object.keys(plan.limits)]) as Set<
    keyof SpawnPlan['limits']
  >
  const amended = [...names].filter((name) => plan.limits[name] !== choices.limits[name])
  return {
    network,
    ...choices.sources,
    ...Object.fromEntries(amended.map((name): [string, Layer] => [`limits.${name}`, 'plugin'])),
  }
}
