import type { Patch } from '../agents/diff/diff-agent.ts'
import type { DiffReport } from '../agents/diff/report.ts'
import { type PatchLine, patchLines } from '../workspace/baseline/patch-lines.ts'
import { type Colours, coloursFor } from './colour.ts'
import { diffStat } from './diff-stat.ts'
import type { Output } from './output.ts'
import { quotedPath, visibleLine } from './visible.ts'

/** Characters that are written as one. */
const BLOCK = 65_536

/** How to print a diff. */
export interface DiffForm {
  /** A line a file with its counts, instead of the differences. */
  stat: boolean
  /** The bytes as they are, for `git apply`, and nothing else. */
  raw: boolean
  /** Whether it is a terminal that shows it in the end, perhaps through a pager, and how wide that is. */
  isTTY: boolean
  width: number
}

/** Prints a diff for people: the commits, what is dangerous, then the differences. No control of an agent's text gets through. */
export async function printDiff(
  report: DiffReport,
  patch: Patch,
  output: Output,
  form: DiffForm,
): Promise<void> {
  const colours = coloursFor(form)
  const lines = new LineBlocks(output, form.raw ? 'latin1' : 'utf8')
  if (!form.raw) for (const line of summaryLines(report, colours)) await lines.add(line)
  if (form.stat) for (const line of diffStat(report, colours, form.width)) await lines.add(line)
  else {
    const source = await patch.read()
    const quote = form.raw ? (path: string) => latin1(quotedPath(path)) : quotedPath
    for await (const line of patchLines(source, patch.paths, quote)) {
      await lines.add(form.raw ? line.text : shown(line, colours, form.isTTY))
      if (output.closed.aborted) break
    }
    source.destroy()
  }
  await lines.end()
}

/** The paths of a diff, quoted where they are odd. */
export function changedNames({ files }: DiffReport): string[] {
  return files.map(({ path }) => quotedPath(latin1(path)))
}

/** Collects lines, so that they aren't written one by one. */
class LineBlocks {
  private readonly output: Output
  private readonly encoding: BufferEncoding
  private lines: string[] = []
  private size = 0

  constructor(output: Output, encoding: BufferEncoding) {
    this.output = output
    this.encoding = encoding
  }

  async add(line: string): Promise<void> {
    this.lines.push(line, '\n')
    this.size += line.length
    if (this.size >= BLOCK) await this.end()
  }

  async end(): Promise<void> {
    const block = Buffer.from(this.lines.join(''), this.encoding)
    this.lines = []
    this.size = 0
    await this.output.write(block)
  }
}

function summaryLines({ commits, flagged }: DiffReport, colours: Colours): string[] {
  const made = (commits ?? []).map(
    ({ sha, author, subject }) =>
      `${colours.yellow(`commit ${sha.slice(0, 12)}`)} ${visibleLine(subject)} ${colours.dim(`(${visibleLine(author)})`)}`,
  )
  const warned = flagged.map(
    ({ path, reason }) => `${colours.red('careful:')} ${quotedPath(latin1(path))}: ${visibleLine(reason)}`,
  )
  return [...made, ...warned].length > 0 ? [...made, ...warned, ''] : []
}

/** A line for people. A carriage return at the end stays where no terminal shows it: it belongs to the file's line ends. */
function shown({ kind, text }: PatchLine, colours: Colours, isTTY: boolean): string {
  if (kind === 'header') return colours.bold(text)
  const end = !isTTY && text.endsWith('\r') ? '\r' : ''
  const line = visibleLine(Buffer.from(end ? text.slice(0, -1) : text, 'latin1').toString('utf8')) + end
  if (kind === 'hunk') return colours.cyan(line)
  if (kind === 'added') return colours.green(line)
  return kind === 'deleted' ? colours.red(line) : line
}

function latin1(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}
