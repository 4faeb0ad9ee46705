import type { WrittenPlugin } from '../extensions/new-plugin.ts'
import type { PluginDetails, PluginRow } from '../extensions/plugin-list.ts'
import { shellQuote } from '../system/shell-words.ts'
import { coloursFor } from './colour.ts'
import { formatTable, type TableStream, widthOf } from './table.ts'

/** The table of `plugins`. */
export function pluginTable(rows: readonly PluginRow[], stream: TableStream): string {
  const { bold } = coloursFor(stream)
  return formatTable(
    rows,
    [
      { header: 'PLUGIN', value: ({ name }) => name, fixed: true },
      { header: 'VERSION', value: ({ version }) => version },
      { header: 'FROM', value: originOf },
      {
        header: 'LOCATION',
        value: ({ location, source, problem }) => problem ?? (source === 'built-in' ? '' : location),
        dropRank: 1,
      },
    ],
    { width: widthOf(stream), paintHeader: bold },
  )
}

/** Where it comes from, and what it takes the place of: `installed, over the built-in 0.5.0`. */
function originOf({ source, replaces_version: replaced, problem }: PluginRow): string {
  if (problem !== null) return `${source}, can't be used`
  return replaced === null ? source : `${source}, over the built-in ${replaced}`
}

/** One plugin for people, a fact a line. */
export function pluginText(details: PluginDetails, stream: TableStream): string {
  const { bold } = coloursFor(stream)
  const dependencies = Object.entries(details.dependencies).map(([name, range]) => `${name} ${range}`)
  const facts: [string, string][] = [
    ['plugin', `${details.name} ${details.version}`],
    ['from', `${originOf(details)}, ${details.location}`],
    ['commands', details.commands.join(', ')],
    ['profiles', details.profiles.join(', ')],
    ['sandboxes', details.sandboxes.join(', ')],
    ['identities', details.identities.join(', ')],
    ['hooks', details.hooks.join(', ')],
    ['dependencies', dependencies.join(', ')],
  ]
  return facts
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${bold(name.padEnd(12))}  ${value}`)
    .join('\n')
}

/** What `plugins new` has written, and what comes next. */
export function newPluginText({ package: name, folder, files }: WrittenPlugin): string {
  return [
    `${name}: ${files.length} files in ${folder}`,
    ...[`cd ${shellQuote(folder)}`, 'npm install', 'npm test', 'agentvm plugins link .'].map(
      (line) => `  ${line}`,
    ),
  ].join('\n')
}
