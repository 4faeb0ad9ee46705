/** The version of the extension API that this SDK describes. A plugin for another version is refused by name. */
export const API_VERSION = 1

/**
 * What a plugin offers, in its `package.json` under `agentvm`. agentvm reads it without loading the plugin's code,
 * so that `profiles`, completion and `doctor` know all ids at no cost.
 */
export interface PluginManifest {
  /** {@link API_VERSION} of the SDK that the plugin was built with. */
  apiVersion: number
  /** Names of the profiles that `agentvm:profiles` returns. */
  profiles?: string[]
  /** Ids of the backends that `agentvm:sandboxes` returns. */
  sandboxes?: string[]
  /** Ids of the providers that `agentvm:identities` returns. */
  identities?: string[]
}
