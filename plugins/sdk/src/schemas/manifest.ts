import * as v from 'valibot'
import { named } from './common.ts'

const ids = v.optional(v.array(named(/^[a-z0-9][a-z0-9-]*$/)))

/** Schema of a {@link PluginManifest}. */
export const ManifestSchema = v.strictObject({
  apiVersion: v.pipe(v.number(), v.integer()),
  profiles: ids,
  sandboxes: ids,
  identities: ids,
})
