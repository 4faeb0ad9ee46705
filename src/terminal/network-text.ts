import type { NetworkReport, RuleRow } from '../agents/network/report.ts'
import type { AgentRow } from '../agents/report/view.ts'
import type { RequestEntry } from '../network/proxy/request-log.ts'
import { formatAgeSince } from './age.ts'
import { coloursFor } from './colour.ts'
import { sanitizeLine } from './sanitize.ts'
import { formatTable, type TableStream, widthOf } from './table.ts'

/** Hosts that a line names before it counts the rest. */
const NAMED = 3

/** What `net` prints for people: the mode, the rules, what was refused with the way to open it. */
export function networkText(report: NetworkReport, stream: TableStream, now = new Date()): string {
  const { bold, dim } = coloursFor(stream)
  const table = { width: widthOf(stream), paintHeader: bold }
  const head = `${report.name}: ${networkSentence(report.network, report.allow)}\n`
  if (report.network !== 'allowlist') return head
  const { allowed, refused, failed } = report.requests
  const rules = formatTable(
    report.allow,
    [
      { header: 'OPEN', value: ({ rule }) => rule, fixed: true },
      { header: 'FROM', value: ({ from }) => from ?? '' },
    ],
    table,
  )
  const refusals = formatTable(
    report.refused,
    [
      { header: 'REFUSED', value: ({ host, port }) => `${host}:${port}` },
      { header: 'TIMES', value: ({ count }) => String(count), align: 'right', dropRank: 2 },
      { header: 'AGO', value: ({ last }) => formatAgeSince(last, now), align: 'right', dropRank: 1 },
      { header: 'WHY', value: ({ reason }) => whyRefused(reason), dropRank: 3 },
      { header: 'TO OPEN IT', value: ({ allow }) => (allow ? `--allow ${allow}` : ''), fixed: true },
    ],
    table,
  )
  return [
    head,
    ...(report.allow.length > 0 ? ['\n', rules] : []),
    ...(report.revoked.length > 0 ? ['\n', `closed for good: ${report.revoked.join(' ')}\n`] : []),
    ...(report.refused.length > 0 ? ['\n', refusals] : []),
    '\n',
    dim(`requests on record: ${allowed} allowed, ${refused} refused, ${failed} failed`),
    '\n',
  ].join('')
}

/** What `spawn` says of the agent that it has started. */
export function spawnedText({ name, sandbox, network, allow, workspace }: AgentRow): string {
  const words = networkSentence(
    network,
    allow.map((rule) => ({ rule })),
  )
  return `${name}: running in ${sandbox}, workspace ${workspace}\n${name}: network ${words}`
}

/** A network in words, for one line. */
export function networkSentence(mode: string, allow: readonly Pick<RuleRow, 'rule'>[]): string {
  if (mode === 'host') return "host: the machine's own network, unfiltered"
  if (mode === 'none') return 'none'
  if (allow.length === 0) return 'allowlist, no host yet'
  const named = allow.slice(0, NAMED).map(({ rule }) => rule)
  const more = allow.length > NAMED ? ` and ${allow.length - NAMED} more` : ''
  return `allowlist: ${named.join(', ')}${more}`
}

/** A request of the log, one line. */
export function requestLine(
  { time, decision, via, host, port, rule, reason }: RequestEntry,
  stream: TableStream,
): string {
  const { red, dim } = coloursFor(stream)
  const why = decision === 'allowed' ? `by ${rule}` : whyRefused(reason ?? '')
  const verdict = decision === 'allowed' ? decision : red(decision)
  return `${dim(sanitizeLine(time))}  ${verdict}  ${sanitizeLine(`${host}:${port}`)}  ${sanitizeLine(why)}  ${dim(sanitizeLine(via))}\n`
}

function whyRefused(reason: string): string {
  return REASONS.get(reason) ?? reason
}

const REASONS: ReadonlyMap<string, string> = new Map([
  ['no-rule', 'not open'],
  ['private-address', 'private address'],
  ['address', 'an address, not a name'],
  ['bad-host', 'not a host'],
  ['mismatch', 'two different hosts'],
  ['unresolved', 'no such name'],
])
