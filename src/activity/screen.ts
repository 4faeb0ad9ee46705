/** One look at an agent's terminal. */
export interface Screen {
  /** The terminal's title. */
  title: string
  /** The visible lines, top to bottom, without escape codes. */
  lines: string[]
  cursor: { x: number; y: number }
  cursorVisible: boolean
  alternateScreen: boolean
  /** The foreground program, where it can be told: a shell there means that the agent's CLI is gone. */
  program?: string
}

/** Lines that hold something, with their place on the screen. */
export interface PlacedLine {
  y: number
  text: string
}

/** The lines from `from` to before `to` that hold something. */
export function filledLines(screen: Screen, from = 0, to = screen.lines.length): PlacedLine[] {
  return screen.lines
    .slice(from, to)
    .map((text, index) => ({ y: from + index, text: text.trimEnd() }))
    .filter(({ text }) => text.trim() !== '')
}

/** A title without variation selectors, control characters and the blanks around it. */
export function plainTitle(title: string): string {
  return title.replaceAll(/[\ufe00-\ufe0f\x00-\x1f\x7f]/g, '').trim()
}
