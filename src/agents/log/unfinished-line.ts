const NOTHING = Buffer.alloc(0)

/** Shows on a terminal a line that isn't complete yet, and goes on from what is shown. */
export class UnfinishedLine {
  private shown = ''

  /** What to print so that the terminal shows `line`, the unfinished one. */
  show(line: string): Buffer {
    const output = this.continueWith(Buffer.from(line))
    this.shown = line
    return output
  }

  /** What to print instead of `text`, whose beginning may be shown already. */
  continueWith(text: Buffer): Buffer {
    if (this.shown === '' || text.length === 0) return text
    const shown = Buffer.from(this.shown)
    this.shown = ''
    if (text.subarray(0, shown.length).equals(shown)) return text.subarray(shown.length)
    return Buffer.concat([Buffer.from('\r\x1b[K'), text])
  }

  /** What to print when no more follows. */
  end(): Buffer {
    return this.shown === '' ? NOTHING : Buffer.from('\n')
  }
}
