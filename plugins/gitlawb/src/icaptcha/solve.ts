/** No question that is answered here is longer, in characters. */
const LONGEST_PROMPT = 1_000

/** Answers a challenge, or undefined if it is of a kind that only a person, or a model, can answer. */
export function solve(type: string, prompt: string): string | undefined {
  if (prompt.length > LONGEST_PROMPT) return undefined
  const answer = Object.hasOwn(SOLVERS, type) ? SOLVERS[type]?.(prompt) : undefined
  return answer === undefined || !Number.isSafeInteger(answer) ? undefined : String(answer)
}

const SOLVERS: Record<string, (prompt: string) => number | undefined> = {
  arithmetic: solveArithmetic,
  algebra: solveAlgebra,
  sequence: solveSequence,
}

/** `What is 12 + 7 - 3?`: left to right, plus and minus only. */
function solveArithmetic(prompt: string): number | undefined {
  const expression = /What is (-?\d+(?: [+-] -?\d+)*)\?/.exec(prompt)?.[1]
  if (expression === undefined) return undefined
  const [first = '', ...rest] = expression.split(' ')
  let sum = Number(first)
  for (let at = 0; at < rest.length; at += 2) sum += (rest[at] === '-' ? -1 : 1) * Number(rest[at + 1])
  return sum
}

/** `Solve for x: 3x + 4 = 19`, `2x + 16 = 5x - 8`, `3(x - 4) = 9`: linear on both sides. */
function solveAlgebra(prompt: string): number | undefined {
  const equation = /x:\s*(.+)$/.exec(prompt)?.[1]
  const [left, right, ...more] = equation?.split('=').map(linear) ?? []
  if (!left || !right || more.length > 0) return undefined
  const x = left.x - right.x
  return x === 0 ? undefined : (right.constant - left.constant) / x + 0
}

/** One side as `x·X + constant`, or undefined if it isn't linear. */
function linear(side: string): { x: number; constant: number } | undefined {
  const text = side.replaceAll(/\s/g, '').replace(/\?$/, '')
  const product = /^(-?\d*)\((.+)\)$/.exec(text)
  if (product) {
    const inner = linear(product[2] ?? '')
    const factor = coefficient(product[1] ?? '')
    return inner && { x: factor * inner.x, constant: factor * inner.constant }
  }
  if (!/^[+-]?(?:\d+x?|x)(?:[+-](?:\d+x?|x))*$/.test(text)) return undefined
  const sum = { x: 0, constant: 0 }
  for (const [term] of text.matchAll(/[+-]?(?:\d+x?|x)/g)) {
    if (term.endsWith('x')) sum.x += coefficient(term.slice(0, -1))
    else sum.constant += Number(term)
  }
  return sum
}

function coefficient(text: string): number {
  return text === '' || text === '+' ? 1 : text === '-' ? -1 : Number(text)
}

/** `… sequence? 2, 4, 6, 8, 10, ?`: the rules in the order in which the service tries them. */
function solveSequence(prompt: string): number | undefined {
  const list = /sequence\?\s*((?:-?\d+,\s*){3,})\?/.exec(prompt)?.[1]
  const terms = list?.match(/-?\d+/g)?.map(Number)
  if (!terms) return undefined
  for (const rule of RULES) {
    const next = rule(terms)
    if (next !== undefined) return next
  }
  return undefined
}

const at = (terms: readonly number[], index: number): number => terms.at(index) ?? Number.NaN
const every = (terms: readonly number[], from: number, holds: (index: number) => boolean): boolean =>
  terms.slice(from).every((_, offset) => holds(from + offset))

const RULES: ((terms: readonly number[]) => number | undefined)[] = [
  (terms) => {
    const step = at(terms, 1) - at(terms, 0)
    return every(terms, 1, (i) => at(terms, i) - at(terms, i - 1) === step) ? at(terms, -1) + step : undefined
  },
  (terms) => {
    const ratio = at(terms, 1) / at(terms, 0)
    if (!Number.isInteger(ratio)) return undefined
    return every(terms, 1, (i) => at(terms, i) === at(terms, i - 1) * ratio)
      ? at(terms, -1) * ratio
      : undefined
  },
  (terms) =>
    every(terms, 2, (i) => at(terms, i) === at(terms, i - 1) + at(terms, i - 2))
      ? at(terms, -1) + at(terms, -2)
      : undefined,
  (terms) => {
    const root = Math.sqrt(at(terms, 0))
    return every(terms, 0, (i) => at(terms, i) === (root + i) ** 2) ? (root + terms.length) ** 2 : undefined
  },
  (terms) => {
    const magnitudes = terms.map(Math.abs)
    const step = at(magnitudes, 1) - at(magnitudes, 0)
    const alternates = every(terms, 1, (i) => Math.sign(at(terms, i)) === -Math.sign(at(terms, i - 1)))
    const grows = every(magnitudes, 1, (i) => at(magnitudes, i) - at(magnitudes, i - 1) === step)
    return alternates && grows ? -Math.sign(at(terms, -1)) * (at(magnitudes, -1) + step) : undefined
  },
]
