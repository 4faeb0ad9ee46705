import type { ActivityRules, ScreenRegion } from '@agentvm/sdk'
import { type FoundBox, findInputBox } from './input-box.ts'
import { filledLines, type PlacedLine, plainTitle, type Screen } from './screen.ts'

/** Lines of `dialog` and `bottom` that a rule sees if it doesn't say. */
const BOTTOM_LINES = 20

/** A screen, taken apart once for all rules of a profile. */
export class Regions {
  readonly hasInput: boolean
  private readonly screen: Screen
  private readonly rules: ActivityRules
  private readonly box: FoundBox | undefined

  constructor(screen: Screen, rules: ActivityRules) {
    this.screen = screen
    this.rules = rules
    this.box = rules.input && findInputBox(screen, rules.input)
    this.hasInput = this.box !== undefined
  }

  /** The text of a region, `lines` of it at most; undefined if the screen has no such region now. */
  text(region: ScreenRegion, lines?: number): string | undefined {
    if (region === 'title') return plainTitle(this.screen.title)
    const found = this.lines(region, lines)
    return found?.map(({ text }) => text).join('\n')
  }

  private lines(region: Exclude<ScreenRegion, 'title'>, lines: number | undefined): PlacedLine[] | undefined {
    const { screen, box } = this
    switch (region) {
      case 'bottom':
        return filledLines(screen).slice(-(lines ?? BOTTOM_LINES))
      case 'dialog':
        return box ? undefined : filledLines(screen).slice(-(lines ?? BOTTOM_LINES))
      case 'input':
        return box && filledLines(screen, box.above + 1, box.below).slice(0, lines)
      case 'footer':
        return box && filledLines(screen, box.below + 1).slice(0, lines)
      case 'status':
        return box && last(filledLines(screen, 0, Math.max(box.above, 0)), lines)
      case 'reply':
        return last(this.reply(), lines)
    }
  }

  /** What stands after the user's last prompt. Without one on the screen it is all of it. */
  private reply(): PlacedLine[] {
    const conversation = filledLines(this.screen, 0, this.box ? Math.max(this.box.above, 0) : undefined)
    if (this.rules.prompt === undefined) return conversation
    const prompt = new RegExp(this.rules.prompt, 'mu')
    const at = conversation.findLastIndex(({ text }) => prompt.test(text))
    return conversation.slice(at + 1)
  }
}

function last(lines: PlacedLine[], count: number | undefined): PlacedLine[] {
  return count === undefined ? lines : lines.slice(-count)
}
