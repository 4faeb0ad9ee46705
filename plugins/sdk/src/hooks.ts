import type { IdentityProvider } from './identity.ts'
import type { LifecycleEvents, SpawnAmendment } from './lifecycle.ts'
import type { Profile } from './profile.ts'
import type { SandboxBackend } from './sandbox.ts'

/**
 * Every hook of agentvm: what the plugin is given (`options`) and what it returns (`returns`).
 *
 * A plugin names its hook modules in `package.json` under `oclif.hooks`; the module's default export is the hook.
 * Provider hooks (`profiles`, `sandboxes`, `identities`) are called only when one of the ids that the plugin's
 * manifest declares is used. Each hook has 5 seconds, lifecycle hooks 10; a plugin that throws, hangs or returns
 * something invalid costs one warning and its own feature. Plugins run in the order of their names.
 */
export interface AgentvmHooks {
  'agentvm:profiles': { options: object; returns: Profile[] }
  'agentvm:sandboxes': { options: object; returns: SandboxBackend[] }
  'agentvm:identities': { options: object; returns: IdentityProvider[] }
  'agentvm:spawn:before': {
    options: LifecycleEvents['agentvm:spawn:before']
    returns: SpawnAmendment | undefined | void
  }
  'agentvm:spawn:after': { options: LifecycleEvents['agentvm:spawn:after']; returns: void }
  'agentvm:exit': { options: LifecycleEvents['agentvm:exit']; returns: void }
  'agentvm:kill': { options: LifecycleEvents['agentvm:kill']; returns: void }
  'agentvm:rename': { options: LifecycleEvents['agentvm:rename']; returns: void }
  'agentvm:clean': { options: LifecycleEvents['agentvm:clean']; returns: void }
}

/** The name of a hook. */
export type HookName = keyof AgentvmHooks

/** A hook's function. */
export type HookFunction<Name extends HookName> = (
  options: AgentvmHooks[Name]['options'],
) => AgentvmHooks[Name]['returns'] | Promise<AgentvmHooks[Name]['returns']>
