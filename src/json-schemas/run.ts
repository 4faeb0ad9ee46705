import * as v from 'valibot'
import type { ReportedEvent } from '../agents/run/run-report.ts'
import { time } from './parts.ts'

const at = { at: time }
const text = v.nullable(v.string())
const tokens = v.nullable(v.number())
/** Whatever JSON can say: the input of a tool. */
const anything = v.any()

/** What happens in a run: each line of `run`. */
export const runEvent = v.variant('type', [
  v.object({
    ...{ type: v.literal('start'), ...at, agent: v.string() },
    ...{ profile: text, session: text, model: text },
  }),
  v.object({ type: v.literal('message'), ...at, text: v.string(), partial: v.boolean() }),
  v.object({
    ...{ type: v.literal('tool'), ...at, id: text, name: text },
    ...{ status: v.picklist(['started', 'succeeded', 'failed']), input: anything },
  }),
  v.object({ type: v.literal('output'), ...at, text: v.string() }),
  v.object({ type: v.literal('error'), ...at, message: v.string(), retrying: v.boolean() }),
  v.object({
    ...{ type: v.literal('result'), ...at, exit_code: v.number(), text, session: text },
    usage: v.nullable(v.object({ input_tokens: tokens, output_tokens: tokens, cost_usd: tokens })),
    ...{ error: text, duration_seconds: v.number() },
  }),
]) satisfies v.GenericSchema<ReportedEvent>
