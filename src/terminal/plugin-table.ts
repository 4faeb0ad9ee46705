import type { PluginDetails, PluginRow } from '../extensions/plugin-list.ts'
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
      { header: 'FROM', value: ({ source }) => source },
      {
        header: 'LOCATION',
        value: ({ location, source }) => (source === 'built-in' ? '' : location),
        dropRank: 1,
      },
    ],
    { width: widthOf(stream), paintHeader: bold },
  )
}

/** One plugin for people, a fact a line. */
export function pluginText(details: PluginDetails, stream: TableStream): string {
  const { bold } = coloursFor(stream)
  const dependencies = Object.entries(details.dependencies).map(([name, range]) => `${name} ${range}`)
  const facts: [string, string][] = [
    ['plugin', `${details.name} ${details.version}`],
    ['from', `${details.source}, ${details.location}`],
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
