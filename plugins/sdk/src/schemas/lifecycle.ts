import * as v from 'valibot'
import { absolutePath, allowedHost, argv, environment, mount, named, text, word } from './common.ts'
import { limits } from './policy.ts'
import { gitConfig, protect } from './profile.ts'

/** Schema of a {@link Helper}. */
const HelperSchema = v.strictObject({
  name: named(/^[a-z][a-z0-9-]*$/),
  argv,
  ready: absolutePath,
  socketDir: absolutePath,
})

const amendable = {
  command: v.pipe(v.array(text), v.minLength(1, 'must not be empty')),
  env: environment,
  readOnly: v.array(mount),
  readWrite: v.array(mount),
  tags: v.record(named(/^[A-Za-z0-9_.-]{1,63}$/), named(/^[^,\x00-\x1f\x7f]{0,255}$/)),
  limits,
  allow: v.array(allowedHost),
  helpers: v.array(HelperSchema),
}

/** Schema of what `agentvm:spawn:before` returns. */
export const AmendmentSchema = v.partial(v.strictObject({ ...amendable, prompt: text }))

/** Schema of a {@link SpawnPlan}. */
export const PlanSchema = v.strictObject({
  name: named(/^[a-zA-Z0-9][a-zA-Z0-9-]{0,62}$/),
  profile: v.optional(word),
  sandbox: word,
  identity: v.optional(word),
  ...amendable,
  prompt: v.optional(text),
  network: v.picklist(['host', 'none', 'allowlist']),
  protect,
  gitConfig,
})
