import * as assert from 'node:assert/strict'
import { type Context, createContext, runInContext } from 'node:vm'
import type { ActivityRules } from '../activity.ts'
import type { Promises } from './framework.ts'

const [COLUMNS, LINES] = [200, 60]
/** The most processor time that one expression may take for all of its screens. Ordinary ones take a few of these milliseconds. */
const LONGEST_MS = 1_000

/** What {@link ActivityRules} promise. */
export const SCREEN_PROMISES: Promises<ActivityRules> = {
  'tells waiting for somebody apart by a reason': ({ rules }) => {
    for (const { id, state, reason } of rules)
      assert.ok(
        reason !== undefined || !/^(?:waiting|blocker)$/.test(state),
        `the rule ${id} gives no reason`,
      )
  },

  // An agent writes its own screen: one that makes an expression run for minutes would stop agentvm.
  'reads the worst of screens in no time': (activity) => {
    const context = createContext({})
    for (const source of expressionsOf(activity))
      assert.ok(isQuick(source, context), `${source} takes too long for the screens of some agents`)
  },
}

function expressionsOf({ input, prompt, rules }: ActivityRules): string[] {
  const { above, first, line, below } = input ?? {}
  return [above, first, line, below, prompt, ...rules.flatMap(({ match, unless }) => [match, unless])].filter(
    (source) => source !== undefined,
  )
}

/** Matches in a context of its own, which can be stopped in the middle: anew where it was the machine that took the time. */
function isQuick(source: string, context: Context): boolean {
  const values = JSON.stringify({ source, screens: worstScreens(source) })
  const script = `{ const { source, screens } = ${values}
    const expression = new RegExp(source, 'mu'); for (const screen of screens) expression.test(screen) }`
  const before = process.cpuUsage()
  for (;;) {
    try {
      runInContext(script, context, { timeout: LONGEST_MS })
      return true
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error
    }
    const { user, system } = process.cpuUsage(before)
    if ((user + system) / 1000 >= LONGEST_MS / 2) return false
  }
}

/** Full screens of one character: of those that programs draw with, and of each that the expression itself holds. */
function worstScreens(source: string): string[] {
  const own = source.match(/[\p{L}\p{N}\p{S}\p{P} ]/gu) ?? []
  return [...new Set([' ', 'a', '0', '─', ...own])].map((character) =>
    Array.from({ length: LINES }, () => character.repeat(COLUMNS)).join('\n'),
  )
}
