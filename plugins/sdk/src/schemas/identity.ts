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
  register: fn<IdentityProvider['register']>(),
  rotate: fn<IdentityProvider['rotate']>(),
  importKey: fn<IdentityProvider['importKey']>(),
  exportKey: fn<IdentityProvider['exportKey']>(),
  document: fn<IdentityProvider['document']>(),
  sign: fn<IdentityProvider['sign']>(),
  revoke: fn<IdentityProvider['revoke']>(),
})

/** Schema of a {@link ProvisionedIdentity}. */
export const ProvisionedSchema = v.strictObject({
  did: named(/^did:[a-z0-9]+:[A-Za-z0-9._:%-]+$/),
  registered: v.boolean(),
  reason: v.optional(word),
  retryAfter: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(86_400))),
})
