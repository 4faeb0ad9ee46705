import { transform } from 'esbuild'

/** What esbuild puts before each module that it turns into CommonJS; `helpers.mjs` holds it once for all. */
const PRELUDE = /^var __(?:create|defProp) = [\s\S]*?var __toCommonJS = .*\n/
/** An import as esbuild and TypeScript write it in CommonJS: by a name that nothing else has. */
const IMPORT =
  /^(?:const|var) (import_\w+|\w+_\d+) = ((?:__importDefault|__importStar|__toESM)\()?require\("([^"]+)"\)((?:, 1)?\))?;$/gm

/** What TypeScript makes of `export * as Name from`. */
const EXPORTED = /^exports\.(\w+) = __importStar\(require\(("[^"]+")\)\);$/gm

/**
 * Rewrites a module so that each import is evaluated when it is first used, as `import defer` of the language to come
 * does: a command then evaluates what it runs, and nothing else.
 *
 * @param {string} source an ES module, or CommonJS as TypeScript writes it
 * @param {boolean} isModule whether it is an ES module
 */
export async function deferImports(source, isModule) {
  const names = []
  let code = (isModule ? await toCommonJs(source) : source).replace(
    IMPORT,
    (_, name, wrap = '', path, end = '') => {
      names.push(name)
      if (wrap === '__toESM(' && path.startsWith('node:')) wrap = '__builtin('
      return `let ${name}$; function $${name}() { return ${name}$ ??= ${wrap}require("${path}")${end} }`
    },
  )
  code = code.replace(
    EXPORTED,
    (_, name, path) =>
      `{ let m; Object.defineProperty(exports, "${name}", { enumerable: true, get: () => m ??= __importStar(require(${path})) }) }`,
  )
  for (const name of names) {
    // Not as a property of something else (a.name), but as what is spread (...name).
    code = code
      .replaceAll(new RegExp(`\\bnew ${name}((?:\\.\\w+)+)(?=\\()`, 'g'), `new ($$${name}()$1)`)
      .replaceAll(new RegExp(`(?<![\\w$])(?<!(?<!\\.\\.)\\.)${name}(?![\\w$])`, 'g'), `$$${name}()`)
  }
  return code
}

async function toCommonJs(source) {
  const { code } = await transform(source, { format: 'cjs', platform: 'node', target: 'node22' })
  return code
    .replace(PRELUDE, '')
    .replace(/^module\.exports = __toCommonJS\((\w+)\);$/m, 'module.exports = __asModule($1);')
}
