import * as v from 'valibot'
import type { CheckResult } from '../agents/doctor/check.ts'
import type { KeyStatus } from '../agents/profile-report/keys.ts'
import type { SettingRow } from '../settings/config-file-values.ts'
import type { UpgradeResult } from '../upgrade/steps.ts'

const setting = v.nullable(v.union([v.string(), v.number(), v.boolean()]))

/** One setting: `config get`, `config set`, a row of `config list`. */
export const settingRow = v.object({
  key: v.string(),
  value: setting,
  source: v.picklist(['file', 'environment', 'default']),
  type: v.string(),
  default: setting,
  description: v.string(),
  problem: v.nullable(v.string()),
}) satisfies v.GenericSchema<SettingRow>

/** Where something lies: `config path`, `env path`, `root`. */
export const path = v.object({ path: v.string() })

/** What was taken out: `config unset`, `env unset`. */
export const removed = v.object({ removed: v.array(v.string()) })

/** A variable of the env file, its value masked: `env set`, a row of `env list`. */
export const maskedVariable = v.object({ key: v.string(), masked: v.string() })

/** A variable of the env file: `env get`. */
export const variable = v.object({ key: v.string(), value: v.string() })

/** A key that a profile needs or may have: a row of `keys`. */
export const keyStatus = v.object({
  profile: v.string(),
  name: v.string(),
  need: v.picklist(['all-of', 'any-of', 'optional']),
  source: v.nullable(v.picklist(['env-file', 'shell', 'file'])),
  masked: v.nullable(v.string()),
}) satisfies v.GenericSchema<KeyStatus>

/** What one check found: a row of `doctor`. */
export const checkResult = v.object({
  name: v.string(),
  status: v.picklist(['ok', 'warning', 'problem']),
  message: v.string(),
  fix: v.exactOptional(v.string()),
}) satisfies v.GenericSchema<Omit<CheckResult, 'repair' | 'installs'>>

/** What `upgrade` found and did. */
export const upgraded = v.object({
  method: v.picklist(['git', 'npm']),
  from: v.string(),
  to: v.string(),
  from_commit: v.nullable(v.string()),
  to_commit: v.nullable(v.string()),
  available: v.boolean(),
  upgraded: v.boolean(),
}) satisfies v.GenericSchema<UpgradeResult>

/** What is installed: `version`. */
export const version = v.object({
  name: v.string(),
  version: v.string(),
  node: v.string(),
  platform: v.string(),
  plugins: v.array(v.object({ name: v.string(), version: v.string() })),
})

/** What each exit code means: `exit-codes`. */
export const exitCodes = v.record(v.string(), v.string())

/** What any command prints when it fails. */
export const error = v.object({
  error: v.object({ message: v.string(), fix: v.exactOptional(v.string()), exit_code: v.number() }),
})
