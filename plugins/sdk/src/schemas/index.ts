export { ActivitySchema, CaptureSchema } from './activity.ts'
export { IdentitySchema, ProvisionedSchema } from './identity.ts'
export { type Checked, check } from './issues.ts'
export { AmendmentSchema, PlanSchema } from './lifecycle.ts'
export { ManifestSchema } from './manifest.ts'
export { type OwnProfile, OwnProfileSchema } from './own-profile.ts'
export { NetworkSchema, PolicySchema } from './policy.ts'
export { ProfileSchema, SetupSchema } from './profile.ts'
export { ProbeSchema, SandboxSchema, WrappedSchema } from './sandbox.ts'
export {
  EXPORT_PREDICATE,
  type ExportStatement,
  ExportStatementSchema,
  RUN_PREDICATE,
  type RunStatement,
  RunStatementSchema,
} from './statement.ts'
