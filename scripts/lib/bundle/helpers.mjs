// What modules that esbuild has turned into CommonJS share, once for all of them.
const { create, defineProperty, getOwnPropertyDescriptor, getOwnPropertyNames, getPrototypeOf } = Object
/** What was an ES module. */
const modules = new WeakSet()

export function __export(target, all) {
  for (const name in all) defineProperty(target, name, { get: all[name], enumerable: true })
}

export function __asModule(exports) {
  modules.add(exports)
  return defineProperty(exports, '__esModule', { value: true })
}

/** The name space that an ES module sees of another one, or, by Node's rules, of CommonJS. */
export function __toESM(module) {
  if (modules.has(module)) return module
  const target = module == null ? {} : create(getPrototypeOf(module))
  defineProperty(target, 'default', { value: module, enumerable: true })
  return __copyProps(target, module)
}

/** The name space of one of Node's own modules: what it has is found behind it, copying all of it takes longer. */
export function __builtin(module) {
  return create(module, { default: { value: module } })
}

export function __reExport(target, module, second) {
  __copyProps(target, module, 'default')
  if (second) __copyProps(second, module, 'default')
}

function __copyProps(to, from, except) {
  if (from && (typeof from === 'object' || typeof from === 'function')) {
    for (const key of getOwnPropertyNames(from)) {
      if (Object.hasOwn(to, key) || key === except) continue
      const enumerable = getOwnPropertyDescriptor(from, key)?.enumerable ?? true
      defineProperty(to, key, { get: () => from[key], enumerable })
    }
  }
  return to
}
