import * as v from 'valibot'
import type { CliChange } from '../agents/clis/install-cli.ts'
import type { CliUpdate, RemovedCli } from '../agents/clis/update-clis.ts'

const version = v.string()

/** What `profiles install` did. */
export const cliChange = v.object({
  ...{ profile: v.string(), package: v.string(), version },
  ...{ previous_version: v.nullable(version), installed: v.boolean(), path: v.string() },
}) satisfies v.GenericSchema<CliChange>

/** What `profiles update` did with one CLI. */
export const cliUpdate = v.object({
  ...{ profile: v.string(), version, previous_version: version },
  ...{ updated: v.boolean(), error: v.nullable(v.string()), fix: v.nullable(v.string()) },
}) satisfies v.GenericSchema<CliUpdate>

/** A CLI that `profiles uninstall` took off. */
export const removedCli = v.object({ profile: v.string(), version }) satisfies v.GenericSchema<RemovedCli>
