import { type Colours, coloursFor } from './colour.ts'
import { textWidth } from './width.ts'

const NEWLINE = 0x0a
/** Longest line that is kept whole, in bytes. */
const LONGEST = 65_536
const CYCLE: (keyof Colours)[] = ['cyan', 'yellow', 'green', 'magenta', 'blue', 'red']

/** Marks the lines of several sources with `name | `, one colour each, and keeps lines whole. */
export class LinePrefix {
  private readonly prefixes: ReadonlyMap<string, Buffer>
  /** Beginnings of lines by source, until the rest is there. */
  private readonly begun = new Map<string, Buffer>()

  constructor(names: readonly string[], stream: { isTTY?: boolean }) {
    const colours = coloursFor(stream)
    const width = Math.max(...names.map(textWidth))
    this.prefixes = new Map(
      names.map((name, index) => {
        const paint = colours[CYCLE[index % CYCLE.length] ?? 'cyan']
        return [name, Buffer.from(`${paint(name + ' '.repeat(width - textWidth(name)))} | `)]
      }),
    )
  }

  /** The complete lines of `text` and what came before, marked. */
  add(name: string, text: Buffer): Buffer {
    const begun = this.begun.get(name)
    const all = begun ? Buffer.concat([begun, text]) : text
    const end = all.length > LONGEST ? all.length : all.lastIndexOf(NEWLINE) + 1
    this.begun.set(name, Buffer.from(all.subarray(end)))
    return this.mark(name, all.subarray(0, end))
  }

  /** The last line of a source, which had no newline. */
  end(name: string): Buffer {
    const rest = this.begun.get(name) ?? Buffer.alloc(0)
    this.begun.delete(name)
    return this.mark(name, rest)
  }

  private mark(name: string, lines: Buffer): Buffer {
    const prefix = this.prefixes.get(name) ?? Buffer.alloc(0)
    const parts: Buffer[] = []
    for (let at = 0; at < lines.length; ) {
      const newline = lines.indexOf(NEWLINE, at)
      const end = newline < 0 ? lines.length : newline + 1
      parts.push(prefix, lines.subarray(at, end))
      if (newline < 0) parts.push(Buffer.of(NEWLINE))
      at = end
    }
    return Buffer.concat(parts)
  }
}
