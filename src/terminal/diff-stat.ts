import type { DiffReport, FileDiff } from '../agents/diff/report.ts'
import type { Colours } from './colour.ts'
import { quotedPath } from './visible.ts'
import { textWidth, truncateText } from './width.ts'

/** Columns that the counts and their marks take at least. */
const LEAST_GRAPH = 10

/** One line a file, with its counts as marks, and a sum: as `git diff --stat` does. */
export function diffStat({ files, added, deleted }: DiffReport, colours: Colours, width: number): string[] {
  if (files.length === 0) return []
  const counts = files.map(countOf)
  const countWidth = Math.max(...counts.map((text) => text.length))
  const names = files.map(nameOf)
  const nameWidth = Math.min(
    Math.max(...names.map(textWidth)),
    Math.max(width - countWidth - LEAST_GRAPH - 5, 10),
  )
  const graphWidth = Math.max(width - nameWidth - countWidth - 6, LEAST_GRAPH)
  const most = Math.max(...files.map((file) => (file.added ?? 0) + (file.deleted ?? 0)))
  const scale = most > graphWidth ? graphWidth / most : 1
  const marks = (count: number | null) => (count ? Math.max(1, Math.floor(count * scale)) : 0)
  const lines = files.map((file, index) => {
    const name = truncateText(names[index] ?? '', nameWidth)
    const graph = colours.green('+'.repeat(marks(file.added))) + colours.red('-'.repeat(marks(file.deleted)))
    const count = (counts[index] ?? '').padStart(countWidth)
    return ` ${name}${' '.repeat(nameWidth - textWidth(name))} | ${count} ${graph}`.trimEnd()
  })
  const sum = [
    `${files.length} file${files.length === 1 ? '' : 's'} changed`,
    `${added} added`,
    `${deleted} deleted`,
  ]
  return [...lines, ` ${sum.join(', ')}`]
}

function nameOf({ path, old_path }: FileDiff): string {
  const quoted = (text: string) => quotedPath(Buffer.from(text, 'utf8').toString('latin1'))
  return old_path === null ? quoted(path) : `${quoted(old_path)} → ${quoted(path)}`
}

function countOf(file: FileDiff): string {
  if (file.kind !== 'file' && file.kind !== 'symlink') return file.kind
  if (file.binary) return file.status === 'modified' ? 'binary' : `binary, ${file.status}`
  const count = String((file.added ?? 0) + (file.deleted ?? 0))
  const mode = file.old_mode !== null && file.new_mode !== null && file.old_mode !== file.new_mode
  if (mode) return `${count} mode ${file.new_mode}`
  return file.status === 'added' || file.status === 'deleted' ? `${count} ${file.status}` : count
}
