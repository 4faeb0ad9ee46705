import type { InferOutput } from 'valibot'
import type { IdentityProvider, ProvisionedIdentity } from '../identity.ts'
import type { SpawnAmendment, SpawnPlan } from '../lifecycle.ts'
import type { PluginManifest } from '../manifest.ts'
import type { SandboxPolicy } from '../policy.ts'
import type { Profile } from '../profile.ts'
import type { ProbeResult, SandboxBackend, WrappedCommand } from '../sandbox.ts'
import type { IdentitySchema, ProvisionedSchema } from './identity.ts'
import type { AmendmentSchema, PlanSchema } from './lifecycle.ts'
import type { ManifestSchema } from './manifest.ts'
import type { PolicySchema } from './policy.ts'
import type { ProfileSchema } from './profile.ts'
import type { ProbeSchema, SandboxSchema, WrappedSchema } from './sandbox.ts'

/** Doesn't compile unless a schema and the documented interface say the same, in both directions. */
type Agree<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never

export const agreement: [
  Agree<InferOutput<typeof ProfileSchema>, Profile>,
  Agree<InferOutput<typeof SandboxSchema>, SandboxBackend>,
  Agree<InferOutput<typeof ProbeSchema>, ProbeResult>,
  Agree<InferOutput<typeof WrappedSchema>, WrappedCommand>,
  Agree<InferOutput<typeof PolicySchema>, SandboxPolicy>,
  Agree<InferOutput<typeof PlanSchema>, SpawnPlan>,
  Agree<InferOutput<typeof AmendmentSchema>, SpawnAmendment>,
  Agree<InferOutput<typeof IdentitySchema>, IdentityProvider>,
  Agree<InferOutput<typeof ProvisionedSchema>, ProvisionedIdentity>,
  Agree<InferOutput<typeof ManifestSchema>, PluginManifest>,
] = [true, true, true, true, true, true, true, true, true, true]
