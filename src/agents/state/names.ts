import { randomInt } from 'node:crypto'
import { UserError } from '../../errors.ts'
import { nearest } from '../../system/nearest.ts'

const NAME = /^[a-zA-Z0-9][a-zA-Z0-9-]{0,62}$/
const ID_LETTERS = 'abcdefghijkmnpqrstuvwxyz23456789'

/** Throws a {@link UserError} unless an agent may be called so. */
export function checkName(name: string): void {
  if (NAME.test(name)) return
  throw new UserError(`'${name}' can't be the name of an agent`, {
    fix: 'use 1 to 63 letters, digits and dashes, a letter or digit first',
    exitCode: 2,
  })
}

/** A new immutable id: 8 characters that are hard to confuse. */
export function newId(): string {
  return Array.from({ length: 8 }, () => ID_LETTERS[randomInt(ID_LETTERS.length)]).join('')
}

/** Orders names as people do: `w-2` before `w-10`. */
export function compareNames(a: string, b: string): number {
  const left = a.match(/\d+|\D+/g) ?? []
  const right = b.match(/\d+|\D+/g) ?? []
  for (const [index, part] of left.entries()) {
    const other = right[index] ?? ''
    if (part === other) continue
    const byNumber = numberOf(part) - numberOf(other)
    return Number.isNaN(byNumber) || byNumber === 0 ? (part < other ? -1 : 1) : byNumber
  }
  return left.length - right.length
}

/** NaN for a part without digits: of a blank, `Number` makes 0. */
function numberOf(part: string): number {
  return /^\d/.test(part) ? Number(part) : Number.NaN
}

/** The error for a name that no agent has; suggests the nearest. */
export function unknownAgent(name: string, known: readonly string[]): UserError {
  const suggestion = nearest(name, known)
  return new UserError(`there is no agent '${name}'`, {
    fix: suggestion ? `did you mean '${suggestion}'?` : "'agentvm list' shows those that there are",
  })
}
