/** One line of what git says of two trees. */
export interface SummaryLine {
  /** `A`, `D`, `M`, `T` or `R`. */
  status: string
  /** Names, as they were given to git. */
  before: string
  after: string
  /** Lines; null if it is binary. */
  added: number | null
  deleted: number | null
}

/** Reads `diff-tree -z --raw --numstat`: raw lines first (`:modes hashes status NUL path NUL [path NUL]`), then the counts. */
export function parseSummary(text: string): SummaryLine[] {
  const fields = text.split('\0')
  const lines: SummaryLine[] = []
  let at = 0
  while (fields[at]?.startsWith(':')) {
    const status = fields[at]?.split(' ')[4]?.[0] ?? ''
    const before = fields[at + 1] ?? ''
    const isRename = status === 'R'
    lines.push({
      status,
      before,
      after: isRename ? (fields[at + 2] ?? '') : before,
      added: null,
      deleted: null,
    })
    at += isRename ? 3 : 2
  }
  for (const line of lines) {
    const [added = '-', deleted = '-', path] = fields[at]?.split('\t') ?? []
    line.added = count(added)
    line.deleted = count(deleted)
    at += path === '' ? 3 : 1
  }
  return lines
}

function count(text: string): number | null {
  return text === '-' ? null : Number(text)
}
