import { parseSync, visitorKeys } from 'oxc-parser'
import { isDemanded, mistakesIn } from './operators.mjs'

/** Parts of a node that hold no value of the running program, or one whose change the program can't tell. */
const NOT_VALUES = {
  ImportDeclaration: ['specifiers', 'source', 'attributes'],
  ExportNamedDeclaration: ['specifiers', 'source', 'attributes'],
  ExportAllDeclaration: ['exported', 'source', 'attributes'],
  ImportExpression: ['source', 'options'],
  UpdateExpression: ['argument'],
}
const FUNCTIONS = ['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']

/**
 * Makes one text of a TypeScript source that holds all its mutants, each behind a question: `__mutant(id)` tells whether
 * it is the one that runs.
 *
 * @param {string} path as it is reported
 * @param {string} source
 * @param {number} firstId the id of the first mutant
 * @returns {{ code: string, mutants: { id: number, path: string, line: number, at: string, original: string, mutated: string }[] }}
 */
export function instrument(path, source, firstId = 0) {
  const { program, errors } = parseSync(path, source)
  if (errors.length > 0) throw new Error(`${path}: ${errors[0].message}`)
  const mutants = []
  const lines = source.split('\n')
  const text = (node) => source.slice(node.start, node.end)
  const add = (node, mutated, original = text(node)) => {
    const line = source.slice(0, node.start).split('\n').length
    const at = lines[line - 1].trim()
    mutants.push({ id: firstId + mutants.length, path, line, at, original, mutated })
    return firstId + mutants.length - 1
  }

  /** The instrumented text of a node. `inChain`: it is a link of `a?.b.c`, which parentheses would cut. */
  const emit = (node, inChain = false) => {
    if (node.type.startsWith('TS') && !(node.type in EXPRESSIONS_OF_TYPES)) return text(node)
    if (isMessage(node)) return emitExitCode(node)
    if (node.type === 'ExpressionStatement') return emitStatement(node)
    if (['BreakStatement', 'ContinueStatement', 'ThrowStatement'].includes(node.type))
      return guarded(node, inner(node))
    const code = inner(node)
    if (inChain) return code
    return mistakesIn(node, text).reduceRight(
      (otherwise, mutated) => `(__mutant(${add(node, mutated)}) ? ${mutated} : ${otherwise})`,
      code,
    )
  }

  /** An error: what it says stays, what the shell is told is mutated. */
  const emitExitCode = (node) => {
    const options = node.arguments.at(-1)
    const code = options?.properties?.find(({ key }) => key?.name === 'exitCode')?.value
    if (!code) return text(node)
    return source.slice(node.start, code.start) + emit(code) + source.slice(code.end, node.end)
  }

  const emitStatement = (node) => {
    const { expression } = node
    const isSuper = expression.type === 'CallExpression' && expression.callee.type === 'Super'
    if (node.directive || isSuper) return text(node)
    return guarded(node, inner(node))
  }
  /** In braces, so that an `else` after it stays another `if`'s. */
  const guarded = (node, code) => `{if (!__mutant(${add(node, '')})) ${code}}`

  /** A node's text with its parts instrumented. */
  const inner = (node) => {
    const skipped = NOT_VALUES[node.type] ?? []
    const parts = (visitorKeys[node.type] ?? [])
      .filter((key) => !skipped.includes(key))
      .flatMap((key) => [node[key]].flat().map((child) => ({ key, child })))
      .filter(({ child, key }) => child && !isName(node, key))
      .sort((a, b) => a.child.start - b.child.start)
    let at = node.start
    let code = ''
    for (const { key, child } of parts) {
      if (child.start < at) continue
      code += source.slice(at, child.start) + emitPart(node, key, child)
      at = child.end
    }
    return code + source.slice(at, node.end)
  }

  const emitPart = (node, key, child) => {
    if (node.operator === '??' && key === 'right' && isDemanded(node)) return text(child)
    if (key === 'body' && FUNCTIONS.includes(node.type) && child.type === 'BlockStatement') {
      const id = child.body.length > 0 && !constructors.has(node) ? add(child, '{}') : undefined
      const code = inner(child)
      return id === undefined ? code : `{if (__mutant(${id})) return;${code.slice(1)}`
    }
    if (
      key === 'test' &&
      ['IfStatement', 'WhileStatement', 'ForStatement', 'DoWhileStatement'].includes(node.type)
    ) {
      const truths = node.type === 'IfStatement' ? ['true', 'false'] : ['false']
      return truths.reduceRight(
        (otherwise, truth) => `(__mutant(${add(child, truth)}) ? ${truth} : ${otherwise})`,
        emit(child),
      )
    }
    if (node.kind === 'constructor' && key === 'value') constructors.add(child)
    const isLink = ['object', 'callee'].includes(key) || node.type === 'ChainExpression'
    return emit(child, isLink && (node.type === 'ChainExpression' || inChainOf.has(node)))
  }

  const constructors = new Set()
  const inChainOf = linksOfChains(program)
  return { code: inner(program), mutants }
}

/** Wrappers in TypeScript around an expression that runs. */
const EXPRESSIONS_OF_TYPES = { TSAsExpression: 1, TSSatisfiesExpression: 1, TSNonNullExpression: 1 }

/** Names are no values, unless they are computed. */
function isName(node, key) {
  if (key === 'key' || key === 'property') return !node.computed
  return ['typeAnnotation', 'typeArguments', 'typeParameters', 'returnType', 'superTypeArguments'].includes(
    key,
  )
}

/** The words of an error: no test should hold each of them. */
function isMessage(node) {
  const { callee } = node
  if (node.type === 'NewExpression') return /Error$/.test(callee.name ?? '')
  return node.type === 'CallExpression' && /^(?:debug|problem|bad[A-Z]\w*)$/.test(callee.name ?? '')
}

/** Nodes that are links of an optional chain, by which it is left. */
function linksOfChains(program) {
  const links = new Set()
  const walk = (node, inChain) => {
    if (inChain) links.add(node)
    for (const key of visitorKeys[node.type] ?? []) {
      for (const child of [node[key]].flat()) {
        if (!child) continue
        const isLink = inChain && ['object', 'callee'].includes(key)
        walk(child, node.type === 'ChainExpression' || isLink)
      }
    }
  }
  walk(program, false)
  return links
}
