import { charWidth } from './width.ts'

/** Columns that a jump may reach beyond the text: the terminal's width isn't known, and padding must stay cheap. */
const FARTHEST_JUMP = 200
/** Bytes or so of combining marks that one character may carry. */
const LONGEST_CELL = 32
const TAB_STOP = 8
/** Cells of a line that can be redrawn. */
export const LINE_LIMIT = 16_384

/**
 * One line of a terminal that is being redrawn: what is written replaces what is under the cursor. A cell holds a
 * character with its combining marks; the further columns of a wide character or a tab are empty cells.
 */
export class EditedLine {
  private readonly cells: string[] = []
  private cursor = 0

  /** A line that shows `text` already, with the cursor behind it. */
  constructor(text: string) {
    for (const char of text) this.writeChar(char)
  }

  /** Writes at the cursor until the line is full. Returns how much of the text fitted. */
  write(text: string): number {
    let used = 0
    for (const char of text) {
      if (this.cells.length >= LINE_LIMIT) return used
      this.writeChar(char)
      used += char.length
    }
    return used
  }

  moveTo(column: number): void {
    this.cursor = Math.max(0, Math.min(column, this.cells.length + FARTHEST_JUMP))
  }

  moveBy(columns: number): void {
    this.moveTo(this.cursor + columns)
  }

  /** Erases from the cursor to the end. */
  eraseRest(): void {
    if (this.cursor < this.cells.length) this.cells.length = this.cursor
  }

  eraseAll(): void {
    this.cells.length = 0
    this.cursor = 0
  }

  /** Takes characters out at the cursor; the rest moves up. */
  deleteChars(count: number): void {
    this.cells.splice(this.cursor, count)
  }

  /** Makes room at the cursor; the rest moves away. */
  insertBlanks(count: number): void {
    if (this.cursor >= this.cells.length) return
    this.cells.splice(this.cursor, 0, ...Array<string>(Math.min(count, FARTHEST_JUMP)).fill(' '))
    if (this.cells.length > LINE_LIMIT) this.cells.length = LINE_LIMIT
  }

  /** The text as the terminal shows it. Trailing blanks are what erasing leaves, and go. */
  toString(): string {
    let end = this.cells.length
    while (end > 0 && this.cells[end - 1] === ' ') end -= 1
    return this.cells.slice(0, end).join('')
  }

  private writeChar(char: string): void {
    if (char === '\t') this.tab()
    else this.put(char, charWidth(char))
  }

  private put(char: string, width: number): void {
    if (width === 0 && this.combine(char)) return
    this.fillTo(this.cursor)
    const next = this.cursor + Math.max(width, 1)
    this.release(this.cursor)
    this.release(next)
    this.cells[this.cursor] = char
    for (let column = this.cursor + 1; column < next; column += 1) this.cells[column] = ''
    this.cursor = next
  }

  private combine(mark: string): boolean {
    let head = this.cursor - 1
    while (this.cells[head] === '') head -= 1
    const base = this.cells[head]
    if (base === undefined) return false
    if (base.length < LONGEST_CELL) this.cells[head] = base + mark
    return true
  }

  private tab(): void {
    const stop = (Math.floor(this.cursor / TAB_STOP) + 1) * TAB_STOP
    if (this.cursor >= this.cells.length) {
      this.fillTo(this.cursor)
      this.cells.push('\t')
      while (this.cells.length < stop) this.cells.push('')
    }
    this.cursor = stop
  }

  private fillTo(column: number): void {
    while (this.cells.length < column) this.cells.push(' ')
  }

  /** Before a column is overwritten that belongs to a wide character: all of that character becomes blank. */
  private release(column: number): void {
    if (this.cells[column] !== '') return
    let head = column
    while (head > 0 && this.cells[head] === '') head -= 1
    if (head < column) this.cells.fill(' ', head, column)
    for (let rest = column; this.cells[rest] === ''; rest += 1) this.cells[rest] = ' '
  }
}
