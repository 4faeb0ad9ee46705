import type { Limits, ProfilePolicy } from '@agentvm/sdk'
import { DEFAULT_LIMITS } from './default-limits.ts'

/** Who decided a field of a policy. A later one overrules an earlier one. */
export type Layer = 'default' | 'config' | 'profile' | 'flag' | 'plugin'

/** What a layer says; what it doesn't say is left to the layers below it. */
export type PolicyWishes = { [Key in keyof ProfilePolicy]: ProfilePolicy[Key] | undefined }

/** What holds in the end. */
export interface PolicyChoices extends Required<ProfilePolicy> {
  /** By field, such as `limits.memory`: which layer decided it. */
  sources: Record<string, Layer>
}

const DEFAULTS: Required<ProfilePolicy> = { limits: DEFAULT_LIMITS, protect: 'existing', gitConfig: 'ro' }

/** Puts the layers' wishes together, the weakest first. Pure. */
export function choosePolicy(layers: readonly (readonly [Layer, PolicyWishes])[]): PolicyChoices {
  const chosen: PolicyChoices = { ...DEFAULTS, limits: {}, sources: {} }
  const all: (readonly [Layer, PolicyWishes])[] = [['default', DEFAULTS], ...layers]
  for (const [layer, { limits, protect, gitConfig }] of all) {
    for (const [name, value] of Object.entries(limits ?? {}) as [keyof Limits, number | undefined][]) {
      if (value === undefined) continue
      chosen.limits[name] = value
      chosen.sources[`limits.${name}`] = layer
    }
    if (protect !== undefined) chosen.protect = protect
    if (protect !== undefined) chosen.sources.protect = layer
    if (gitConfig !== undefined) chosen.gitConfig = gitConfig
    if (gitConfig !== undefined) chosen.sources.gitConfig = layer
  }
  return chosen
}
