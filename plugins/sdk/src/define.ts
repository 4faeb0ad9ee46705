import type { HookFunction, HookName } from './hooks.ts'
import type { IdentityProvider } from './identity.ts'
import type { Profile } from './profile.ts'
import type { SandboxBackend } from './sandbox.ts'

/** Gives a profile its type. Returns its argument. */
export const defineProfile = (profile: Profile): Profile => profile

/** Gives a sandbox backend its type. Returns its argument. */
export const defineSandbox = (backend: SandboxBackend): SandboxBackend => backend

/** Gives an identity provider its type. Returns its argument. */
export const defineIdentity = (provider: IdentityProvider): IdentityProvider => provider

/** Gives a hook its type by the hook's name. Returns the function. */
export const defineHook = <Name extends HookName>(
  _name: Name,
  hook: HookFunction<Name>,
): HookFunction<Name> => hook
