import type { ActivityRule, ActivityRules, ActivityState } from '@agentvm/sdk'
import { Regions } from './regions.ts'
import { filledLines, type Screen } from './screen.ts'

/** What an agent is doing, and how that is known. */
export interface Verdict {
  state: ActivityState
  reason: string | null
  /** `process`: its process has ended or just begun. `screen`, `title`: a rule of its profile. `events`: the agent's own. `none`: nothing told. */
  source: 'process' | 'title' | 'screen' | 'events' | 'none'
  /** The rule and the text that matched, or a sentence. Text of the agent's: print it with care. */
  evidence: string
}

/** Longest text of the screen that a verdict repeats. */
const LONGEST_EVIDENCE = 120
/** A screen with no more than this on it shows that a program has just been started. */
const NEARLY_EMPTY = 2

const SHELL = /^-?(?:ba|da|z|fi|k|a)?sh$/

/** Tells from one look at an agent's terminal what it is doing, by the rules of its profile. Pure. */
export function evaluate(screen: Screen, rules: ActivityRules): Verdict {
  if (screen.program !== undefined && SHELL.test(screen.program)) {
    return {
      state: 'exited',
      reason: null,
      source: 'process',
      evidence: `the terminal is ${screen.program}'s again`,
    }
  }
  const regions = new Regions(screen, rules)
  for (const rule of rules.rules) {
    const matched = match(rule, screen, regions)
    if (matched !== undefined) return verdictOf(rule, matched)
  }
  if (filledLines(screen).length <= (screen.alternateScreen ? 0 : NEARLY_EMPTY)) {
    return { state: 'starting', reason: null, source: 'screen', evidence: 'the screen is still empty' }
  }
  return { state: 'unknown', reason: null, source: 'none', evidence: 'no rule of the profile matched' }
}

/** The text that a rule matched, or undefined if it doesn't hold. */
function match(rule: ActivityRule, screen: Screen, regions: Regions): string | undefined {
  if (rule.cursorVisible !== undefined && rule.cursorVisible !== screen.cursorVisible) return undefined
  if (rule.alternateScreen !== undefined && rule.alternateScreen !== screen.alternateScreen) return undefined
  if (rule.hasInput !== undefined && rule.hasInput !== regions.hasInput) return undefined
  const text = regions.text(rule.in, rule.lines)
  if (text === undefined) return undefined
  const found = new RegExp(rule.match, 'mu').exec(text)
  if (!found || (rule.unless !== undefined && new RegExp(rule.unless, 'mu').test(text))) return undefined
  return found[0]
}

function verdictOf(rule: ActivityRule, matched: string): Verdict {
  const text = matched.replaceAll(/\s+/g, ' ').trim().slice(0, LONGEST_EVIDENCE)
  return {
    state: rule.state,
    reason: rule.reason ?? null,
    source: rule.in === 'title' ? 'title' : 'screen',
    evidence: `${rule.id}: ${JSON.stringify(text)} in ${rule.in}`,
  }
}
