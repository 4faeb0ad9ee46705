import {
  EXPORT_PREDICATE,
  type ExportStatement,
  RUN_PREDICATE,
  type RunStatement,
} from '@agentvm/sdk/schemas'
import type { RunPredicate } from './record.ts'

const TYPE = 'https://in-toto.io/Statement/v1'

/** The in-toto statement about the start or the end of a run. Its subject is what the run came to, or began with. */
export function runStatement(predicate: RunPredicate): RunStatement {
  const { run, agent } = predicate
  const end = predicate.event === 'end' ? predicate : undefined
  const commit = (end ? end.result : run.base).commit
  const subject: RunStatement['subject'] = [
    ...(commit ? [{ name: 'HEAD', digest: { gitCommit: commit } }] : []),
    ...(end?.changes.sha256 ? [{ name: 'changes', digest: { sha256: end.changes.sha256 } }] : []),
    end
      ? { name: `run of ${agent.id}`, digest: { sha256: end.previous } }
      : { name: 'policy', digest: { sha256: run.policy.sha256 } },
  ]
  return { _type: TYPE, subject, predicateType: RUN_PREDICATE, predicate }
}

/** The statement that closes an export: without it nobody could tell that the last records are missing. */
export function exportStatement(predicate: ExportStatement['predicate']): ExportStatement {
  const subject = predicate.chains.map(({ agent, head }) => ({
    name: `records of ${agent}`,
    digest: { sha256: head },
  }))
  return { _type: TYPE, subject, predicateType: EXPORT_PREDICATE, predicate }
}
