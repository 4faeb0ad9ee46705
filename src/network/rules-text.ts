import type { AllowedHost } from '@agentvm/sdk'
import { formatRule, parseRule } from './rules.ts'

/** Rules as a state file keeps them: one a line, with where it comes from behind a space. */
export function encodeRules(rules: readonly AllowedHost[]): string {
  return rules
    .map((rule) => [formatRule(rule), rule.from?.replaceAll(/\s+/g, ' ')].filter(Boolean).join(' '))
    .join('\n')
}

/** Reads what {@link encodeRules} wrote. Throws a `UserError` on a line that is no rule. */
export function decodeRules(text: string): AllowedHost[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [rule = '', ...words] = line.split(/\s+/)
      const from = words.join(' ').trim()
      return { ...parseRule(rule), ...(from === '' ? {} : { from }) }
    })
}
