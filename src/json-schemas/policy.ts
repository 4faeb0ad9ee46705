import * as v from 'valibot'
import type { Explanation, PolicyReport } from '../agents/report/policy-report.ts'

/** What an agent may do: `policy`. The policy is the SDK's `SandboxPolicy`, names instead of values in `env`. */
export const policyReport = v.object({
  name: v.string(),
  sandbox: v.string(),
  policy: v.record(v.string(), v.unknown()),
}) satisfies v.GenericSchema<Omit<PolicyReport, 'policy'>>

/** Whether an agent may do something, and by which rule: `policy explain`. */
export const explanation = v.object({
  name: v.string(),
  access: v.picklist(['read', 'write', 'connect']),
  target: v.string(),
  allowed: v.boolean(),
  rule: v.string(),
  because: v.string(),
}) satisfies v.GenericSchema<Explanation>
