import type { InputBox } from '@agentvm/sdk'
import { filledLines, type Screen } from './screen.ts'

/** Where the input box of a CLI is: the lines within it, and its borders. */
export interface FoundBox {
  /** The line above the first line of the box. -1 if it begins at the top. */
  above: number
  /** The line below the last line of the box. */
  below: number
}

const FOOTER_LINES = 8
/** The most lines that a box may have: a long draft. */
const TALLEST = 60

/** Finds the input box, the lowest that fits. Undefined if there is none, as while a dialog is shown. */
export function findInputBox(screen: Screen, box: InputBox): FoundBox | undefined {
  const is = (source: string | undefined) => {
    const regex = source === undefined ? undefined : new RegExp(source, 'mu')
    return (line: string | undefined) => line !== undefined && (regex?.test(line.trimEnd()) ?? true)
  }
  const [isAbove, isFirst, isLine, isBelow] = [is(box.above), is(box.first), is(box.line), is(box.below)]
  for (let below = screen.lines.length - 1; below > 0; below -= 1) {
    if (filledLines(screen, below + 1).length > (box.footerLines ?? FOOTER_LINES)) return undefined
    if (!isBelow(screen.lines[below])) continue
    const above =
      box.above === undefined ? topOfRun(screen, below, isLine) : nearestAbove(screen, below, isAbove)
    if (above === undefined || above + 1 >= below || !isFirst(screen.lines[above + 1])) continue
    if (box.hasCursor && !(screen.cursor.y > above && screen.cursor.y < below)) continue
    return { above, below }
  }
  return undefined
}

function topOfRun(screen: Screen, below: number, isLine: (line: string | undefined) => boolean): number {
  let y = below - 1
  while (y >= 0 && isLine(screen.lines[y])) y -= 1
  return y
}

function nearestAbove(
  screen: Screen,
  below: number,
  isAbove: (line: string | undefined) => boolean,
): number | undefined {
  for (let y = below - 1; y >= 0 && below - y <= TALLEST; y -= 1) {
    if (isAbove(screen.lines[y])) return y
  }
  return undefined
}
