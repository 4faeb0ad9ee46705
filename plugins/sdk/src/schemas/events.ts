import * as v from 'valibot'
import { named, relativePath, word } from './common.ts'

/** Names, with dots between them: where a field stands in a line. */
const fieldPath = named(/^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/)

const fields = v.pipe(
  v.record(fieldPath, v.string()),
  v.check((when) => Object.keys(when).length > 0, 'must name a field'),
)

const rule = v.strictObject({
  id: named(/^[a-z0-9][a-z0-9-]*$/),
  when: fields,
  state: v.picklist(['working', 'waiting', 'idle']),
  reason: v.optional(word),
  prompt: v.optional(v.boolean()),
})

/** Schema of an {@link EventSource}. */
export const EventsSchema = v.strictObject({
  file: relativePath,
  format: v.optional(v.picklist(['json', 'logfmt'])),
  time: v.optional(fieldPath),
  session: v.optional(
    v.strictObject({ file: v.optional(relativePath), field: fieldPath, when: v.optional(fields) }),
  ),
  rules: v.pipe(
    v.array(rule),
    v.check((rules) => new Set(rules.map(({ id }) => id)).size === rules.length, 'must not use an id twice'),
  ),
})
