import type { IdentityProvider } from './identity.ts'
import type { LifecycleEvents, SpawnAmendment } from './lifecycle.ts'
import type { Profile } from './profile.ts'
import type { SandboxBackend } from './sandbox.ts'

/**
 * Every hook of agentvm: what the plugin is given (`options`) and what it returns (`returns`).
 *
 * A plugin names its hook modules in `package.json` under `oclif.hooks`; the module's default export is the hook, made
 * with {@link defineHook}. A module is loaded when its hook is called, and not before. Later versions may give a hook more
 * fields than are named here.
 *
 * A hook that provides something has 5 seconds, any other 10. One that throws, takes longer or returns something invalid
 * costs one warning and its own feature, except for `agentvm:spawn:before`.
 */
export interface AgentvmHooks {
  /** Called once a command, when one of the manifest's `profiles` is used. Returns those: others are reported. */
  'agentvm:profiles': { options: object; returns: Profile[] }
  /** Called once a command, when one of the manifest's `sandboxes` is used or all are listed. Returns those. */
  'agentvm:sandboxes': { options: object; returns: SandboxBackend[] }
  /** Called once a command, when one of the manifest's `identities` is used. Returns those. */
  'agentvm:identities': { options: object; returns: IdentityProvider[] }
  /**
   * Called before each start of an agent, also for `--dry-run`, before anything is done. Plugins are asked one after the
   * other, by name: each sees what those before it changed. What is returned replaces fields of the plan. A throw refuses
   * the start, with its message as the reason; so does whatever else goes wrong, since it may be the guard that the user
   * relies on.
   */
  'agentvm:spawn:before': {
    options: LifecycleEvents['agentvm:spawn:before']
    returns: SpawnAmendment | undefined | void
  }
  /** Called when an agent's process has been started. All plugins at once. */
  'agentvm:spawn:after': { options: LifecycleEvents['agentvm:spawn:after']; returns: void }
  /** Called when a command first sees that an agent has ended: possibly long after that. All plugins at once. */
  'agentvm:exit': { options: LifecycleEvents['agentvm:exit']; returns: void }
  /** Called after agentvm has ended an agent. All plugins at once. */
  'agentvm:kill': { options: LifecycleEvents['agentvm:kill']; returns: void }
  /** Called after an agent has got another name. All plugins at once. */
  'agentvm:rename': { options: LifecycleEvents['agentvm:rename']; returns: void }
  /** Called after an agent has been removed, to the trash or for good. All plugins at once. */
  'agentvm:clean': { options: LifecycleEvents['agentvm:clean']; returns: void }
}

/** The name of a hook. */
export type HookName = keyof AgentvmHooks

/** A hook's function. */
export type HookFunction<Name extends HookName> = (
  options: AgentvmHooks[Name]['options'],
) => AgentvmHooks[Name]['returns'] | Promise<AgentvmHooks[Name]['returns']>
