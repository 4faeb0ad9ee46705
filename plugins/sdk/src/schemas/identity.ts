import * as v from 'valibot'
import type { IdentityProvider } from '../identity.ts'
import { fn, named, word } from './common.ts'

/** Schema of an {@link IdentityProvider}. */
export const IdentitySchema = v.strictObject({
  id: named(/^[a-z][a-z0-9-]*$/),
  label: word,
  provision: fn<IdentityProvider['provision']>(),
  adopt: fn<IdentityProvider['adopt']>(),
  gitConfig: fn<IdentityProvider['gitConfig']>(),
  env: fn<IdentityProvider['env']>(),
  helpers: fn<IdentityProvider['helpers']>(),
  register: fn<IdentityProvider['register']>(),
  revoke: fn<IdentityProvider['revoke']>(),
})

/** Schema of a {@link ProvisionedIdentity}. */
export const ProvisionedSchema = v.strictObject({
  did: named(/^did:[a-z0-9]+:[A-Za-z0-9._:%-]+$/),
  registered: v.boolean(),
  reason: v.optional(word),
})
