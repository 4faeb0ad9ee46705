import {
  check,
  type ExportStatement,
  ExportStatementSchema,
  RUN_PREDICATE,
  type RunStatement,
  RunStatementSchema,
} from '@agentvm/sdk/schemas'
import { canonicalJson } from './canonical-json.ts'
import { type Envelope, readEnvelope } from './envelope.ts'

/** What a run record says. */
export type RunPredicate = RunStatement['predicate']

/** A run record with its envelope. Whether its signature is good isn't known yet. */
export interface RunRecord {
  line: string
  envelope: Envelope
  says: RunPredicate
}

/** The statement that closes an export, with its envelope. */
export interface ExportRecord {
  line: string
  envelope: Envelope
  closes: ExportStatement['predicate']
}

/** Reads one line of a ledger or an export. Returns the problem as text if it is no record of ours. */
export function readRecord(line: string): RunRecord | ExportRecord | string {
  const envelope = readEnvelope(line)
  if (typeof envelope === 'string') return envelope
  const text = envelope.payload.toString('utf8')
  let statement: { predicateType?: unknown }
  try {
    statement = JSON.parse(text)
    const isExact = Buffer.from(text).equals(envelope.payload) && canonicalJson(statement) === text
    if (!isExact) return 'its statement is not canonical JSON'
  } catch {
    return 'its payload is not JSON'
  }
  const isRun = statement?.predicateType === RUN_PREDICATE
  const checked = isRun ? check(RunStatementSchema, statement) : check(ExportStatementSchema, statement)
  if (!checked.ok) return `its statement is not as it should be: ${checked.problems[0]}`
  const { predicate } = checked.value
  if (predicate.home !== envelope.signer) return 'it names another signer than its envelope does'
  return 'event' in predicate ? { line, envelope, says: predicate } : { line, envelope, closes: predicate }
}
