import assert from 'node:assert/strict'
import { runInThisContext } from 'node:vm'

const path = new URL('../../scripts/lib/bundle/wrap.mjs', import.meta.url).href
const { wrapParts } = (await import(path)) as { wrapParts(texts: string[]): string[] }

describe('the parts of the bundle', () => {
  const buildOf = (text = '') => /^\/\*(\w{16})\*\//.exec(text)?.[1]

  it('are named by what is in all of them', () => {
    const [one, two] = wrapParts(['a', 'b'])
    assert.ok(buildOf(one) && buildOf(one) === buildOf(two))
    assert.notEqual(buildOf(wrapParts(['a', 'c'])[0]), buildOf(one))
    assert.equal(buildOf(wrapParts(['a', 'b'])[0]), buildOf(one))
  })

  it('let the entry import what they name only when they run', () => {
    const [text = ''] = wrapParts([
      "exports.found=[import(a), a.import(1), 'import()', 'await import(process.argv[1])']",
    ])
    const exports: { found?: unknown } = {}
    const a = { import: (x: unknown) => x }
    Object.assign(globalThis, { a })
    runInThisContext(text)(exports, undefined, '', undefined, () => 'imported')
    assert.deepEqual(exports.found, ['imported', 1, 'import()', 'await import(process.argv[1])'])
  })
})
