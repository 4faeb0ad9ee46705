import * as v from 'valibot'
import type { ExportReport } from '../agents/provenance/export.ts'
import type { RunRow } from '../agents/provenance/runs.ts'
import type { VerifyReport } from '../agents/provenance/verify.ts'
import { CHECKS } from '../provenance/checks.ts'
import { count, time } from './parts.ts'

const outcome = v.picklist(['established', 'failed', 'unknown'])
const text = v.nullable(v.string())

const madeBy = {
  agent: v.object({
    id: v.string(),
    name: v.string(),
    did: text,
    parent: v.nullable(v.object({ id: v.string(), name: v.string(), did: text })),
  }),
  profile: v.nullable(v.object({ name: v.string(), version: text })),
  program: v.string(),
  prompt: text,
  policy: v.string(),
  sandbox: v.string(),
  network: v.string(),
  started: time,
  ended: v.nullable(time),
  exit_code: v.nullable(v.pipe(v.number(), v.integer())),
  reason: text,
  home_key: v.string(),
}

/** One recorded run: a row of `provenance list`. */
export const runRow = v.object({
  run: count,
  ...madeBy,
  base_commit: text,
  result_commit: text,
  changes: text,
  changed_files: v.nullable(count),
}) satisfies v.GenericSchema<RunRow>

/** What is established: `verify`. */
export const verify = v.object({
  target: v.string(),
  kind: v.picklist(['commit', 'range', 'agent', 'file']),
  outcome,
  trusted: v.array(v.object({ key: v.string(), by: v.string() })),
  sources: v.array(
    v.object({ kind: v.picklist(['home', 'notes', 'file']), place: v.string(), records: count }),
  ),
  results: v.array(
    v.object({
      kind: v.picklist(['commit', 'chain', 'records']),
      subject: v.string(),
      outcome,
      checks: v.array(v.object({ check: v.picklist(CHECKS), outcome, detail: v.string() })),
      made_by: v.nullable(v.object(madeBy)),
    }),
  ),
}) satisfies v.GenericSchema<VerifyReport>

/** What was exported: `provenance export`. */
export const exported = v.object({
  home_key: v.string(),
  agents: v.array(v.object({ id: v.string(), name: v.string(), records: count })),
  output: text,
  notes: v.nullable(v.object({ repo: v.string(), ref: v.string(), commits: count, agents: count })),
  envelopes: v.nullable(v.array(v.unknown())),
}) satisfies v.GenericSchema<ExportReport>

/** In-toto statements, in the form of `dist/schemas/run-statement.schema.json`: `provenance show`. */
export const statements = v.array(v.unknown())

/** The home's public key: `provenance key`. */
export const homeKey = v.object({ key: v.string(), pem: v.string() })
