import * as v from 'valibot'
import { named, word } from './common.ts'

/** The predicate of a run record. */
export const RUN_PREDICATE = 'urn:agentvm:provenance:run:v1'
/** The predicate of the statement that closes an export. */
export const EXPORT_PREDICATE = 'urn:agentvm:provenance:export:v1'

const short = v.pipe(word, v.maxLength(255))
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
const time = named(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
const sha256 = named(/^[0-9a-f]{64}$/)
const commit = named(/^([0-9a-f]{40}|[0-9a-f]{64})$/)
const did = v.nullable(v.pipe(short, v.regex(/^did:/)))
const home = named(/^did:key:z6Mk[1-9A-HJ-NP-Za-km-z]{44}$/)

/** Who it is about: id and name as they were, its DID, and of a clone the agent that it was copied from. */
const agent = v.strictObject({
  id: short,
  name: short,
  did,
  parent: v.nullable(v.strictObject({ id: short, name: short, did })),
})

/** What ran, as it was decided before its first instruction. */
const run = v.strictObject({
  /** Version of agentvm. */
  agentvm: short,
  profile: v.nullable(v.strictObject({ name: short, version: v.nullable(short) })),
  /** The program's name, and SHA-256 of the whole argv as canonical JSON. */
  command: v.strictObject({ program: short, sha256 }),
  /** Of the prompt's bytes; null if there was none. */
  prompt: v.nullable(v.strictObject({ sha256 })),
  /**
   * SHA-256 of the policy in force as canonical JSON: names of the environment's variables without their values, words
   * such as `<workspace>` for what is the agent's own.
   */
  policy: v.strictObject({
    sha256,
    sandbox: short,
    /** Whether the sandbox keeps the agent from the rest of the machine. Without, it could have read the home's key. */
    isolated: v.boolean(),
    network: v.picklist(['host', 'none', 'allowlist']),
  }),
  /** The commit that the workspace's HEAD named before, or why there is none. */
  base: v.strictObject({ commit: v.nullable(commit), reason: v.nullable(short) }),
})

const chained = {
  /** Place in the agent's chain, from 0. */
  index: count,
  /** The home that signs, by its public key. */
  home,
  /** When this was written, ISO 8601 UTC. */
  time,
  agent,
  run,
}

const start = v.strictObject({ event: v.literal('start'), previous: v.nullable(sha256), ...chained })

const end = v.strictObject({
  event: v.literal('end'),
  /** SHA-256 of the payload of the record before: the run's start. */
  previous: sha256,
  ...chained,
  started: time,
  ended: time,
  exit: v.strictObject({ code: v.nullable(v.pipe(v.number(), v.safeInteger())), reason: short }),
  /** The commit that HEAD named when it had ended, or why there is none. */
  result: v.strictObject({ commit: v.nullable(commit), reason: v.nullable(short) }),
  /** SHA-256 over what differs from the workspace as the agent was first given it, and how many files; or why it isn't known. */
  changes: v.strictObject({
    sha256: v.nullable(sha256),
    files: v.nullable(count),
    reason: v.nullable(short),
  }),
})

const subject = v.pipe(
  v.array(v.strictObject({ name: short, digest: v.record(short, short) })),
  v.minLength(1),
)
const type = v.literal('https://in-toto.io/Statement/v1')

/** Schema of a run record: an in-toto Statement v1 about the start or the end of one run of an agent. */
export const RunStatementSchema = v.strictObject({
  _type: type,
  subject,
  predicateType: v.literal(RUN_PREDICATE),
  predicate: v.variant('event', [start, end]),
})

/** Schema of the statement that closes an export: how long each agent's chain is in it, and SHA-256 of the last record's payload. */
export const ExportStatementSchema = v.strictObject({
  _type: type,
  subject,
  predicateType: v.literal(EXPORT_PREDICATE),
  predicate: v.strictObject({
    home,
    time,
    chains: v.array(v.strictObject({ agent: short, records: count, head: sha256 })),
  }),
})

/** A run record. */
export type RunStatement = v.InferOutput<typeof RunStatementSchema>
/** The statement that closes an export. */
export type ExportStatement = v.InferOutput<typeof ExportStatementSchema>
