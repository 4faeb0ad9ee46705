import type { CheckResult } from '../agents/doctor/check.ts'
import { coloursFor } from './colour.ts'
import { sanitizeLine } from './sanitize.ts'

/** The list that `doctor` prints: a mark, a name and a finding a line, and how to mend it below. */
export function checkList(results: readonly CheckResult[], stream: { isTTY?: boolean }): string {
  const { green, yellow, red, dim } = coloursFor(stream)
  const mark = { ok: green('ok     '), warning: yellow('warning'), problem: red('problem') }
  const width = Math.max(...results.map(({ name }) => name.length))
  return results
    .flatMap(({ name, status, message, fix }) => [
      `${mark[status]}  ${name.padEnd(width)}  ${sanitizeLine(message)}`,
      ...(fix && status !== 'ok' ? [`         ${' '.repeat(width)}  ${dim('→')} ${sanitizeLine(fix)}`] : []),
    ])
    .join('\n')
}
