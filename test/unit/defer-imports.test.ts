import assert from 'node:assert/strict'

const path = new URL('../../scripts/lib/bundle/defer-imports.mjs', import.meta.url).href
const { deferImports }: { deferImports(source: string, isModule: boolean): Promise<string> } = await import(
  path
)

/** Evaluates a CommonJS module; `loaded` is told of each module that it requires. */
function evaluate(code: string, modules: Record<string, unknown>, loaded: string[]): Record<string, unknown> {
  const module = { exports: {} as Record<string, unknown> }
  const require = (name: string) => {
    loaded.push(name)
    return modules[name]
  }
  const same = (value: unknown) => value
  const define = (target: object, getters: Record<string, () => unknown>) => {
    for (const [name, get] of Object.entries(getters)) Object.defineProperty(target, name, { get })
  }
  const names = ['require', 'module', 'exports', '__export', '__asModule', '__toESM', '__importStar']
  new Function(...names, code)(require, module, module.exports, define, same, same, same)
  return module.exports
}

describe('an import of the bundle', () => {
  it('is evaluated when it is first used: called, made, spread, or a base class', async () => {
    const source = `
      import { call } from './call.js'
      import { Thing } from './thing.js'
      import { parts } from './parts.js'
      import { Base } from './base.js'
      export const called = () => call()
      export const made = () => new Thing('a').name
      export const spread = () => ({ ...parts, call: { call } })
      export class Derived extends Base {}
    `
    class Thing {
      readonly name: string
      constructor(name: string) {
        this.name = name
      }
    }
    const modules = {
      './call.js': { call: () => 'called' },
      './thing.js': { Thing },
      './parts.js': { parts: { a: 1 } },
      './base.js': { Base: class {} },
    }
    const loaded: string[] = []
    const exports = evaluate(await deferImports(source, true), modules, loaded) as Record<
      string,
      () => unknown
    >
    assert.deepEqual(loaded, ['./base.js'])
    assert.equal(exports.called?.(), 'called')
    assert.equal(exports.called?.(), 'called')
    assert.equal(exports.made?.(), 'a')
    assert.deepEqual(Object.keys(exports.spread?.() as object), ['a', 'call'])
    assert.deepEqual(loaded, ['./base.js', './call.js', './thing.js', './parts.js'])
  })

  it('is evaluated so in CommonJS of TypeScript as well, where a module is passed on as a whole', async () => {
    const source = `"use strict";
const util_1 = require("./util");
exports.Flags = __importStar(require("./flags"));
exports.use = () => (0, util_1.help)(new util_1.Case.One());
`
    const loaded: string[] = []
    const modules = {
      './util': { help: (one: object) => one.constructor.name, Case: { One: class One {} } },
      './flags': { string: 1 },
    }
    const exports = evaluate(await deferImports(source, false), modules, loaded)
    assert.deepEqual(loaded, [])
    assert.equal((exports.use as () => string)(), 'One')
    assert.deepEqual([exports.Flags, exports.Flags], [{ string: 1 }, { string: 1 }])
    assert.deepEqual(loaded, ['./util', './flags'])
  })
})
