import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SETTING_KEYS } from '../src/settings/config-file-keys.ts'
import { ROOT } from './lib/paths.mjs'

// Writes the table of settings into a page, between its two marks. With --check it only says whether the page holds it.
const [START, END] = ['<!-- settings: npm run docs -->', '<!-- end of settings -->']
const args = process.argv.slice(2)
const page = args.find((arg) => !arg.startsWith('--')) ?? join(ROOT, 'docs', 'configuration.md')

const rows = Object.values(SETTING_KEYS).map(({ key, type, default: byDefault, description }) => [
  `\`${key}\``,
  type.replaceAll('|', ', '),
  byDefault === undefined ? '' : `\`${byDefault}\``,
  description.replaceAll('|', '\\|'),
])
const table = [['Key', 'Takes', 'Default', 'What it does'], ['---', '---', '---', '---'], ...rows]
  .map((cells) => `| ${cells.join(' | ')} |`)
  .join('\n')

const text = readFileSync(page, 'utf8')
const [before, rest] = text.split(START)
const after = rest?.split(END)[1]
if (after === undefined) throw new Error(`${page} lacks the marks ${START} and ${END}`)
const wanted = `${before}${START}\n\n${table}\n\n${END}${after}`
if (!args.includes('--check')) writeFileSync(page, wanted)
else if (text !== wanted) {
  console.error(`${page} is stale: npm run docs`)
  process.exitCode = 1
}
