import type { Interfaces } from '@oclif/core'

/** What a module of a bundle exports. */
type Module = Record<string, unknown>

/** A plugin whose code is in the bundle; agentvm itself is the first of them. */
export interface BundledPlugin {
  name: string
  /** Its package.json, as far as it is looked at when agentvm runs. Hooks name files of the bundle. */
  pjson: Interfaces.PJSON
  /** Of commands without aliases without what {@link commandDetails} has. */
  manifest: Interfaces.Manifest
  /** Evaluates the module of a command. */
  commands: Record<string, () => Module>
}

/**
 * The plugins of a bundled agentvm. The build puts a module with their data in the place of this one
 * (`scripts/lib/bundle/`); without a bundle there are none, and oclif looks for them itself.
 */
export function bundledPlugins(): BundledPlugin[] | undefined {
  return undefined
}
