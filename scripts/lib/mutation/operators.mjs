// What a mistake looks like, by the kind of place: each function returns the texts that stand in a node's place.

const COMPARISONS = {
  '===': ['!=='],
  '!==': ['==='],
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '+': ['-'],
  '-': ['+'],
  '*': ['/'],
  '/': ['*'],
  '%': ['*'],
  '**': ['*'],
  '&': ['|'],
  '|': ['&'],
}
const ASSIGNMENTS = { '+=': '-=', '-=': '+=', '*=': '/=', '??=': '=', '||=': '=', '&&=': '=' }
/** Calls that a slip could leave out, so that what they are called on stands there as it was. */
const LEFT_OUT = [
  'sort',
  'trim',
  'trimEnd',
  'reverse',
  'filter',
  'slice',
  'toLowerCase',
  'replaceAll',
  'replace',
]
const CONFUSED = {
  some: 'every',
  every: 'some',
  startsWith: 'endsWith',
  endsWith: 'startsWith',
  indexOf: 'lastIndexOf',
  lastIndexOf: 'indexOf',
  min: 'max',
  max: 'min',
  floor: 'ceil',
  ceil: 'floor',
  shift: 'pop',
  pop: 'shift',
}

/**
 * The texts that could stand in an expression's place by a mistake.
 *
 * @param {object} node of oxc's tree
 * @param {(node: object) => string} text the source of a node
 * @returns {string[]}
 */
export function mistakesIn(node, text) {
  return OPERATORS[node.type]?.(node, text) ?? []
}

const OPERATORS = {
  BinaryExpression: ({ left, right, operator }, text) =>
    operator === '+' && [left, right].some(isText)
      ? []
      : (COMPARISONS[operator] ?? []).map((other) => `(${text(left)} ${other} ${text(right)})`),
  LogicalExpression: ({ left, right, operator }, text) => {
    if (operator === '??')
      return [`(${text(right)})`, ...(isDemanded({ left, right }) ? [] : [`(${text(left)})`])]
    return [`((${text(left)}) ${operator === '&&' ? '||' : '&&'} (${text(right)}))`]
  },
  ConditionalExpression: ({ consequent, alternate }, text) => [
    `(${text(consequent)})`,
    `(${text(alternate)})`,
  ],
  UnaryExpression: ({ argument, operator }, text) =>
    ['!', '-'].includes(operator) ? [`(${text(argument)})`] : [],
  Literal: (node) => mistakesInLiteral(node),
  TemplateLiteral: ({ quasis, expressions }) =>
    expressions.length === 0 && quasis[0].value.raw === '' ? [] : ['``'],
  ArrayExpression: ({ elements }) => (elements.length > 0 ? ['[]'] : []),
  ObjectExpression: ({ properties }) => (properties.length > 0 ? ['({})'] : []),
  ChainExpression: (node, text) => [text(node).replace(/\?\.([[(])?/, (_, opening) => opening ?? '.')],
  CallExpression: (node, text) => mistakesInCall(node, text),
  AssignmentExpression: ({ left, right, operator }, text) =>
    operator in ASSIGNMENTS ? [`(${text(left)} ${ASSIGNMENTS[operator]} ${text(right)})`] : [],
  UpdateExpression: ({ argument, operator, prefix }, text) => {
    const other = operator === '++' ? '--' : '++'
    return [prefix ? `(${other}${text(argument)})` : `(${text(argument)}${other})`]
  },
}

function mistakesInLiteral({ value, raw, regex }) {
  if (regex) return mistakesInRegex(regex)
  if (typeof value === 'boolean') return [String(!value)]
  if (typeof value === 'bigint') return [`(${raw} + 1n)`]
  if (typeof value === 'number') return [`(${raw} + 1)`]
  if (typeof value === 'string') return [value === '' ? "'mutated'" : "''"]
  return []
}

/** A pattern without an anchor, with another bound, or that is told from other letters by their case. */
function mistakesInRegex({ pattern, flags }) {
  const patterns = [
    pattern.replace(/^\^/, ''),
    pattern.replace(/(?<!\\)\$$/, ''),
    pattern.replace(/\{(\d+),(\d+)\}/, (_, least, most) => `{${least},${Number(most) + 1}}`),
    pattern.replace(/([\])])\+/, '$1*'),
    pattern.replace(/([\])])\*/, '$1+'),
  ]
  const others = [...new Set(patterns)].filter((other) => other !== pattern && other !== '')
  return [
    ...others.map((other) => `/${other}/${flags}`),
    ...(flags.includes('i') ? [`/${pattern}/${flags.replace('i', '')}`] : []),
  ]
}

function mistakesInCall({ callee, arguments: given }, text) {
  if (callee.type !== 'MemberExpression' || callee.computed || callee.optional) return []
  const object = text(callee.object)
  const name = callee.property.name
  const words = given.map(text).join(', ')
  return [
    ...(LEFT_OUT.includes(name) ? [`(${object})`] : []),
    ...(Object.hasOwn(CONFUSED, name) ? [`${object}.${CONFUSED[name]}(${words})`] : []),
  ]
}

function isText(node) {
  return node.type === 'TemplateLiteral' || (node.type === 'Literal' && typeof node.value === 'string')
}

/** Whether a default stands there for the type checker, which takes every index for one that may lead nowhere. */
export function isDemanded({ left, right }) {
  const looksUp =
    (left.type === 'MemberExpression' && left.computed) ||
    (left.type === 'CallExpression' && ['pop', 'at', 'shift'].includes(left.callee.property?.name))
  const isEmpty =
    (right.type === 'Literal' && [0, ''].includes(right.value)) ||
    (right.type === 'ArrayExpression' && right.elements.length === 0)
  return looksUp && isEmpty
}
