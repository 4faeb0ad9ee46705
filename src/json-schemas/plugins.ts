import * as v from 'valibot'
import type { BackedUp } from '../agents/identity/backup.ts'
import type { ExportedIdentity } from '../agents/identity/export.ts'
import { IdentityKeySchema } from '../agents/identity/key-history.ts'
import type { IdentityReport, IdentityRow } from '../agents/identity/manage.ts'
import type { Revoked } from '../agents/identity/replace-key.ts'
import type { SignedFile, VerifiedFile } from '../agents/identity/signed-file.ts'
import type { ProfileDetails, ProfileRow } from '../agents/profile-report/report.ts'
import type { SandboxRow } from '../agents/report/sandbox-report.ts'
import type { CommandRow } from '../extensions/command-list.ts'
import type { PluginChange } from '../extensions/installed/install.ts'
import type { RemovedRow } from '../extensions/installed/remove.ts'
import type { UpdateRow } from '../extensions/installed/update.ts'
import { PLUGIN_KINDS, type WrittenPlugin } from '../extensions/new-plugin.ts'
import type { PluginDetails, PluginRow } from '../extensions/plugin-list.ts'
import { keyStatus } from './configuration.ts'
import { source } from './parts.ts'

const words = v.array(v.string())
const pluginSource = v.picklist(['built-in', 'installed', 'linked'])

/** One plugin: a row of `plugins`. */
export const pluginRow = v.object({
  name: v.string(),
  version: v.string(),
  source: pluginSource,
  location: v.string(),
  replaces_version: v.nullable(v.string()),
  problem: v.nullable(v.string()),
}) satisfies v.GenericSchema<PluginRow>

const abilities = {
  commands: words,
  profiles: words,
  sandboxes: words,
  identities: words,
  hooks: words,
}

/** One plugin that was installed or linked: a row of `plugins install`, and `plugins link`. */
export const pluginChange = v.object({
  name: v.string(),
  version: v.string(),
  previous_version: v.nullable(v.string()),
  source: v.picklist(['installed', 'linked']),
  from: v.string(),
  ...abilities,
}) satisfies v.GenericSchema<PluginChange>

/** One plugin of `plugins update`. */
export const pluginUpdate = v.object({
  name: v.string(),
  version: v.nullable(v.string()),
  previous_version: v.nullable(v.string()),
  updated: v.boolean(),
  error: v.nullable(v.string()),
  fix: v.nullable(v.string()),
}) satisfies v.GenericSchema<UpdateRow>

/** One plugin that was taken off: a row of `plugins uninstall` and `plugins reset`. */
export const pluginRemoved = v.object({
  name: v.string(),
  version: v.nullable(v.string()),
}) satisfies v.GenericSchema<RemovedRow>

/** One plugin, closely: `plugins inspect`. */
export const pluginDetails = v.object({
  ...pluginRow.entries,
  ...abilities,
  dependencies: v.record(v.string(), v.string()),
}) satisfies v.GenericSchema<PluginDetails>

/** One profile: a row of `profiles`. */
export const profileRow = v.object({
  name: v.string(),
  label: v.nullable(v.string()),
  source,
  plugin: v.string(),
  plugin_version: v.nullable(v.string()),
  replaces: v.nullable(v.string()),
  command: v.nullable(v.string()),
  path: v.nullable(v.string()),
  version: v.nullable(v.string()),
  status: v.picklist(['ready', 'no program', 'old version', 'no key', 'broken']),
  problems: v.array(v.object({ what: v.string(), fix: v.string() })),
}) satisfies v.GenericSchema<ProfileRow>

/** One profile, closely: `profiles show`. */
export const profileDetails = v.object({
  ...profileRow.entries,
  autonomous_args: words,
  prompt: v.nullable(v.picklist(['argument', 'typed'])),
  headless: v.boolean(),
  resume: v.boolean(),
  keys: v.array(keyStatus),
  hosts: v.nullable(v.object({ required: words, login: words, optional: words })),
  read_only: words,
  read_write: words,
  copied_state: words,
  startup_keys: words,
  post_create_script: v.nullable(v.string()),
  install: v.nullable(v.string()),
}) satisfies v.GenericSchema<ProfileDetails>

/** One sandbox backend: a row of `sandboxes`. */
export const sandboxRow = v.object({
  id: v.string(),
  label: v.nullable(v.string()),
  source,
  plugin: v.string(),
  replaces: v.nullable(v.string()),
  platforms: words,
  works: v.boolean(),
  default: v.boolean(),
  version: v.nullable(v.string()),
  reason: v.nullable(v.string()),
  fix: v.nullable(v.string()),
  isolates: v.nullable(v.boolean()),
  network: v.nullable(words),
  limits: v.nullable(words),
  processes: v.nullable(v.picklist(['contained', 'best-effort'])),
  relocatable: v.nullable(v.boolean()),
}) satisfies v.GenericSchema<SandboxRow>

/** An agent's identity: `identity register NAME`, a row of `identity list`. */
export const identityRow = v.object({
  name: v.string(),
  did: v.string(),
  mode: v.picklist(['socket', 'file']),
  registered: v.boolean(),
  reason: v.nullable(v.string()),
}) satisfies v.GenericSchema<IdentityRow>

/** One command: a row of `commands`. */
export const commandRow = v.object({
  ...{ name: v.string(), aliases: words, plugin: v.string(), description: v.string() },
  ...{ hidden: v.boolean(), json: v.boolean(), many: v.boolean() },
  arguments: v.array(
    v.object({
      ...{ name: v.string(), description: v.string(), required: v.boolean() },
      options: v.nullable(words),
    }),
  ),
  flags: v.array(
    v.object({
      ...{ name: v.string(), char: v.nullable(v.string()), aliases: words, description: v.string() },
      ...{ type: v.picklist(['boolean', 'option']), required: v.boolean(), multiple: v.boolean() },
      ...{ allow_no: v.boolean(), options: v.nullable(words) },
    }),
  ),
}) satisfies v.GenericSchema<CommandRow>

/** What `identity revoke` did. */
export const identityRevoked = v.object({
  ...{ name: v.string(), did: v.string(), revoked_at: v.string() },
  ...{ reason: v.nullable(v.string()), problem: v.nullable(v.string()) },
}) satisfies v.GenericSchema<Revoked>

/** An agent's public identity: a row of `identity export`. */
export const identityExport = v.object({
  ...{ name: v.string(), did: v.string(), public_key: v.nullable(v.string()) },
  document: v.record(v.string(), v.unknown()),
  allowed_signers: words,
  private_key_file: v.nullable(v.string()),
}) satisfies v.GenericSchema<ExportedIdentity>

/** What `identity backup` wrote. */
export const identityBackup = v.object({
  ...{ name: v.string(), did: v.string(), file: v.string() },
}) satisfies v.GenericSchema<BackedUp>

/** What `identity sign` made. */
export const identitySigned = v.object({
  ...{ name: v.string(), did: v.string(), namespace: v.string(), signature: v.string() },
}) satisfies v.GenericSchema<SignedFile>

/** What `identity verify` found. */
export const identityVerified = v.object({
  outcome: v.picklist(['good', 'wrong', 'revoked', 'unknown']),
  ...{ did: v.nullable(v.string()), agent: v.nullable(v.string()) },
  status: v.nullable(IdentityKeySchema.entries.status),
  summary: v.string(),
}) satisfies v.GenericSchema<VerifiedFile>

/** An agent's identity and all keys that it has had: `identity show`, `identity rotate`, `identity restore`. */
export const identityReport = v.object({
  ...identityRow.entries,
  keys: v.array(IdentityKeySchema),
}) satisfies v.GenericSchema<IdentityReport>

/** A plugin that was written: `plugins new`. */
export const writtenPlugin = v.object({
  kind: v.picklist(PLUGIN_KINDS),
  name: v.string(),
  package: v.string(),
  folder: v.string(),
  files: words,
}) satisfies v.GenericSchema<WrittenPlugin>
