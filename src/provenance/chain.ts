import { canonicalJson } from './canonical-json.ts'
import type { ExportRecord, RunRecord } from './record.ts'

/** What an export says of one chain: how many records it has, and the hash of the last. */
export interface ChainClose {
  records: number
  head: string
}

/** The records of one agent that one home has signed. */
export interface Chain {
  home: string
  /** The agent's id. */
  agent: string
  /** By their hashes. */
  records: Map<string, RunRecord>
  closes: ChainClose[]
  /** Whether these are the home's own records: nothing has been taken over from elsewhere. */
  isLedger: boolean
}

/** What is wrong with a chain, and what can't be told of it. */
export interface ChainFindings {
  failed: string[]
  unknown: string[]
}

/** What an export record says of a chain, if anything. */
export function closeOf({ closes }: ExportRecord, agent: string): ChainClose | undefined {
  return closes.chains.find((chain) => chain.agent === agent)
}

/** The records of a chain in their order; of several that claim one place, the first that was found. */
export function inOrder({ records }: Chain): RunRecord[] {
  return [...records.values()].sort((a, b) => a.says.index - b.says.index)
}

/** Holds a chain's records against each other and against what exports say. Their signatures must be good. */
export function checkChain(chain: Chain): ChainFindings {
  const findings: ChainFindings = { failed: [], unknown: [] }
  const records = inOrder(chain)
  const promised = Math.max(0, ...chain.closes.map((close) => close.records))
  let before: RunRecord | undefined
  for (const record of records) {
    const { index } = record.says
    const next = before === undefined ? 0 : before.says.index + 1
    if (index > next) lacks(findings, next, index - 1, promised)
    if (index < next) findings.failed.push(`the chain forks: there are two records ${index}`)
    else findings.failed.push(...linkProblems(record, index === next ? before : undefined))
    before = record
  }
  const last = before?.says.index ?? -1
  if (last + 1 < promised) lacks(findings, last + 1, promised - 1, promised)
  for (const { records: count, head } of chain.closes) {
    const closed = records.find(({ says }) => says.index === count - 1)
    if (closed && closed.envelope.hash !== head) {
      findings.failed.push(`record ${count - 1} is not the one that the export ends with`)
    }
  }
  if (promised === 0 && !chain.isLedger) {
    findings.unknown.push('nothing says where it ends: the statement that closes an export is not here')
  }
  return findings
}

/** An export that leaves out what it says it holds was cut; without one, nothing says that it was ever there. */
function lacks({ failed, unknown }: ChainFindings, from: number, to: number, promised: number): void {
  const which = from === to ? `record ${from} is` : `records ${from} to ${to} are`
  if (from < promised) failed.push(`${which} missing`)
  else unknown.push(`${which} not here`)
}

/** What is wrong between a record and the one before it; undefined: that one isn't here. */
function linkProblems({ says }: RunRecord, before: RunRecord | undefined): string[] {
  const at = `record ${says.index}`
  if (says.index === 0) {
    return says.event === 'start' && says.previous === null ? [] : [`${at} doesn't begin a chain`]
  }
  if (says.previous === null) return [`${at} names no record before it`]
  if (!before) return []
  if (says.previous !== before.envelope.hash) return [`${at} doesn't follow record ${before.says.index}`]
  if (says.event === before.says.event) return [`${at} and the one before it are both a run's ${says.event}`]
  if (says.event === 'start' || before.says.event === 'end') return []
  const same =
    canonicalJson([says.run, says.agent.did, says.started]) ===
    canonicalJson([before.says.run, before.says.agent.did, before.says.time])
  return same ? [] : [`${at} ends another run than the one that began`]
}
