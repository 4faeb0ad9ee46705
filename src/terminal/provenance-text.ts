import type { ExportReport } from '../agents/provenance/export.ts'
import type { RunRow } from '../agents/provenance/runs.ts'
import type { VerifyReport } from '../agents/provenance/verify.ts'
import type { MadeBy, Outcome } from '../provenance/checks.ts'
import type { Verified } from '../provenance/verify.ts'
import { formatAgeSince } from './age.ts'
import { coloursFor } from './colour.ts'
import { sanitizeLine } from './sanitize.ts'
import { type Column, formatTable, type TableStream, widthOf } from './table.ts'

const COLUMNS: Column<RunRow>[] = [
  { header: 'AGENT', value: ({ agent }) => agent.name, fixed: true },
  { header: 'ID', value: ({ agent }) => agent.id, fixed: true },
  { header: 'RUN', value: ({ run }) => String(run), align: 'right' },
  { header: 'PROFILE', value: ({ profile, program }) => profile?.name ?? program, dropRank: 2 },
  { header: 'STARTED', value: ({ started }) => `${formatAgeSince(started)} ago`, dropRank: 3 },
  { header: 'ENDED', value: endText },
  { header: 'COMMIT', value: ({ result_commit }) => result_commit?.slice(0, 12) ?? '' },
  { header: 'FILES', value: ({ changed_files }) => String(changed_files ?? ''), align: 'right', dropRank: 1 },
]

/** The table that `provenance list` prints. */
export function runTable(rows: readonly RunRow[], stream: TableStream): string {
  return formatTable(rows, COLUMNS, { width: widthOf(stream), paintHeader: coloursFor(stream).bold })
}

/** What `verify` says to people: each question with its answer, then the run. */
export function verifyText({ results, outcome, target }: VerifyReport, stream: TableStream): string {
  const { green, yellow, red, bold } = coloursFor(stream)
  const mark = { established: green('yes    '), unknown: yellow('unknown'), failed: red('NO     ') }
  const lines = results.flatMap((result) => {
    // Of many, those in order take a line each.
    if (results.length > 1 && result.outcome === 'established') return [mark.established + shortLine(result)]
    return [
      bold(`${result.kind} ${sanitizeLine(result.subject)}`),
      ...result.checks.map(
        ({ check, outcome: each, detail }) => `  ${mark[each]}  ${check.padEnd(9)}  ${sanitizeLine(detail)}`,
      ),
      ...runLines(result),
    ]
  })
  return `${[...lines, `${sanitizeLine(target)}: ${summary(outcome, results)}`].join('\n')}\n`
}

/** What `provenance export` says to people, besides the records. */
export function exportLine({ agents, output, notes }: ExportReport): string {
  const records = agents.reduce((sum, each) => sum + each.records, 0)
  const what = `${count(records, 'record')} of ${count(agents.length, 'agent')}`
  const places = [
    ...(output === null ? [] : [`to ${output}`]),
    ...(notes === null ? [] : [`to ${notes.ref} of ${notes.repo}: ${count(notes.commits, 'note')} written`]),
  ]
  return `exported ${what} ${places.join(', ')}`
}

const SUMMARIES: Record<Outcome, string> = {
  established: 'all established',
  unknown: 'not all could be established',
  failed: 'FAILED',
}

function summary(outcome: Outcome, results: readonly Verified[]): string {
  const some = results.filter((result) => result.outcome === outcome).length
  return results.length > 1 ? `${SUMMARIES[outcome]} (${some} of ${results.length})` : SUMMARIES[outcome]
}

function runLines({ made_by: run }: Verified): string[] {
  if (!run) return []
  const { agent, profile, program, prompt, policy, sandbox, network } = run
  const parent = agent.parent ? `, a clone of ${agent.parent.name} (${agent.parent.id})` : ''
  const version = profile?.version ? ` ${profile.version}` : ''
  return [
    `agent    ${agent.name} (${agent.id})${parent}, ${agent.did ?? 'no DID'}`,
    `run      ${run.started} to ${run.ended ?? 'now'}, ${ending(run)}`,
    `profile  ${profile ? `${profile.name}${version}, ` : ''}${program}`,
    `prompt   ${prompt ? `sha256 ${prompt}` : 'none'}`,
    `policy   sha256 ${policy}, ${sandbox}, network ${network}`,
  ].map((line) => `  ${sanitizeLine(line)}`)
}

function shortLine({ kind, subject, made_by: run }: Verified): string {
  const { agent } = run ?? {}
  return sanitizeLine(
    ` ${kind} ${subject}  ${agent ? `${agent.name} (${agent.id}), ${agent.did ?? 'no DID'}` : ''}`,
  )
}

function endText(run: RunRow): string {
  return run.ended === null ? 'running' : `${formatAgeSince(run.ended)} ago, ${ending(run)}`
}

function ending({ ended, exit_code, reason }: MadeBy): string {
  if (ended === null) return 'not ended'
  return exit_code === null || reason !== 'exited' ? (reason ?? '') : `exit ${exit_code}`
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`
}
