import * as v from 'valibot'
import { named, regex, word } from './common.ts'

const rule = v.strictObject({
  id: named(/^[a-z0-9][a-z0-9-]*$/),
  state: v.picklist(['starting', 'blocker', 'working', 'waiting', 'idle', 'exited']),
  reason: v.optional(word),
  in: v.picklist(['title', 'input', 'status', 'reply', 'footer', 'dialog', 'bottom']),
  match: regex,
  unless: v.optional(regex),
  lines: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  cursorVisible: v.optional(v.boolean()),
  hasInput: v.optional(v.boolean()),
  alternateScreen: v.optional(v.boolean()),
})

/** Schema of {@link ActivityRules}. */
export const ActivitySchema = v.strictObject({
  input: v.optional(
    v.strictObject({
      above: v.optional(regex),
      first: v.optional(regex),
      line: v.optional(regex),
      below: regex,
      footerLines: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0))),
      hasCursor: v.optional(v.boolean()),
    }),
  ),
  prompt: v.optional(regex),
  rules: v.pipe(
    v.array(rule),
    v.check((rules) => new Set(rules.map(({ id }) => id)).size === rules.length, 'must not use an id twice'),
  ),
})

/** A recorded screen: what tmux's `capture-pane` and its formats of the same names give. Other fields are ignored. */
export const CaptureSchema = v.object({
  screen: v.string(),
  title: v.optional(v.string(), ''),
  cursor: v.optional(v.object({ x: v.number(), y: v.number() }), { x: 0, y: 0 }),
  cursor_visible: v.optional(v.boolean(), true),
  alternate_on: v.optional(v.boolean(), false),
  pane_current_command: v.optional(v.string()),
})
