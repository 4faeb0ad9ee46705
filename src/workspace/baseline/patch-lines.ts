import type { BytePath } from './byte-path.ts'

/** What a line of a patch is. */
type PatchLineKind = 'header' | 'hunk' | 'added' | 'deleted' | 'context'

/** One line without its newline, one character a byte. */
export interface PatchLine {
  kind: PatchLineKind
  text: string
}

/**
 * Splits a patch whose files have numbers for names, and gives them the names of `paths` by `quote`, which gets
 * `a/<path>` or, for renames, the path alone.
 */
export async function* patchLines(
  patch: AsyncIterable<Buffer>,
  paths: readonly BytePath[],
  quote: (path: BytePath) => string,
): AsyncGenerator<PatchLine> {
  const named = (line: string) =>
    line
      .replace(/\b([ab])\/(\d+)\b/g, (_, side, index) => quote(`${side}/${paths[Number(index)] ?? index}`))
      .replace(
        /^(rename (?:from|to)) (\d+)$/,
        (_, what, index) => `${what} ${quote(paths[Number(index)] ?? index)}`,
      )
  let inHeader = false
  for await (const line of lines(patch)) {
    if (line.startsWith('diff --git ')) inHeader = true
    else if (line.startsWith('@@')) inHeader = false
    if (inHeader) yield { kind: 'header', text: named(line) }
    else yield { kind: KINDS[line[0] ?? ''] ?? 'context', text: line }
  }
}

const KINDS: Record<string, PatchLineKind> = { '@': 'hunk', '+': 'added', '-': 'deleted' }

async function* lines(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const begun: string[] = []
  for await (const chunk of chunks) {
    const parts = chunk.toString('latin1').split('\n')
    const last = parts.pop() ?? ''
    for (const part of parts) yield begun.splice(0).join('') + part
    begun.push(last)
  }
  const rest = begun.join('')
  if (rest !== '') yield rest
}
