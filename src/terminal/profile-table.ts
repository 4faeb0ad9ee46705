import type { ProfileDetails, ProfileRow } from '../agents/profile-report/report.ts'
import { coloursFor } from './colour.ts'
import { keyTable } from './key-table.ts'
import { originText } from './origin.ts'
import { sanitizeLine } from './sanitize.ts'
import { formatTable, type TableStream, widthOf } from './table.ts'

/** The table of `profiles`, and below it how to get what is missing. */
export function profileTable(rows: readonly ProfileRow[], stream: TableStream): string {
  const { bold, green, yellow, red } = coloursFor(stream)
  const paint = { ready: green, 'no key': yellow, 'no program': yellow, 'old version': yellow, broken: red }
  const table = formatTable(
    rows,
    [
      { header: 'PROFILE', value: ({ name }) => name, fixed: true },
      {
        header: 'STATUS',
        value: ({ status }) => status,
        fixed: true,
        paint: (text, row) => paint[row.status](text),
      },
      { header: 'LABEL', value: ({ label }) => label ?? '', dropRank: 2 },
      { header: 'VERSION', value: ({ version }) => version ?? '', dropRank: 3 },
      { header: 'PROGRAM', value: ({ path, command }) => path ?? command?.split(' ')[0] ?? '' },
      { header: 'FROM', value: originText, dropRank: 1 },
    ],
    { width: widthOf(stream), paintHeader: bold },
  )
  return table + problemList(rows, stream)
}

/** What is missing and how to get it, a line each; empty if nothing is. */
function problemList(rows: readonly ProfileRow[], stream: TableStream): string {
  const { dim } = coloursFor(stream)
  const lines = rows.flatMap(({ name, problems, replaces }) => [
    ...(replaces ? [`${name}: replaces the one of ${replaces}`] : []),
    // The first one: a key is no use before there is a program.
    ...problems
      .slice(0, 1)
      .map(({ what, fix }) => `${name}: ${sanitizeLine(what)} ${dim('→')} ${sanitizeLine(fix)}`),
  ])
  return lines.length > 0 ? `\n${lines.join('\n')}\n` : ''
}

/** One profile for people, a fact a line. */
export function profileDetailsText(details: ProfileDetails, stream: TableStream): string {
  const { bold, dim } = coloursFor(stream)
  const facts: [string, string][] = [
    ['profile', `${details.name} (${details.label})`],
    ['from', `${details.source}, ${details.plugin} ${details.plugin_version ?? ''}`],
    ['status', details.status],
    ['program', details.path ?? `${details.command?.split(' ')[0]} is not installed`],
    ['version', details.version ?? 'unknown'],
    ['command', [details.command, ...details.autonomous_args].join(' ')],
    ['prompt', details.prompt === 'argument' ? 'as an argument' : 'typed'],
    ['one-shot mode', details.headless ? 'yes (agentvm run)' : 'no'],
    ['resumes', details.resume ? 'yes' : 'no'],
    ['hosts', details.hosts?.required.join(', ') || 'none'],
    ['copies', details.copied_state.join(', ') || 'nothing of your home'],
    ...(
      [
        ['reads', details.read_only.join(', ')],
        ['changes', details.read_write.join(', ')],
        ['presses', details.startup_keys.join(' ')],
        ['runs before', details.post_create_script ?? ''],
      ] satisfies [string, string][]
    ).filter(([, value]) => value !== ''),
    ['install', details.install ?? ''],
  ]
  const width = Math.max(...facts.map(([name]) => name.length))
  return [
    ...facts.map(([name, value]) => `${bold(name.padEnd(width))}  ${sanitizeLine(value)}`),
    ...details.problems.map(
      ({ what, fix }) => `${' '.repeat(width)}  ${sanitizeLine(what)} ${dim('→')} ${sanitizeLine(fix)}`,
    ),
    '',
    keyTable(details.keys, stream, { withProfile: false }),
  ].join('\n')
}
