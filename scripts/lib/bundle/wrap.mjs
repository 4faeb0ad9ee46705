import { createHash } from 'node:crypto'

/** An `import()` that finds out when it runs what to load; not the one in the text of a program that is started. */
const IMPORT = /(?<![\w$.])import\((?!\)|process\.argv)/g

/**
 * Makes each part of the bundle a function that `bin/run.cjs` calls. Before it stands what this build is known by: what is
 * compiled of it is kept for one build only, and V8 itself compares no more than lengths. Node imports nothing for a
 * script that it didn't load itself: `bin/run.cjs` does.
 *
 * @param {string[]} texts of the parts
 */
export function wrapParts(texts) {
  const build = createHash('sha256').update(texts.join('\0')).digest('hex').slice(0, 16)
  return texts.map((text) => {
    const code = text.replaceAll(IMPORT, 'importModule(')
    return `/*${build}*/(function (exports, require, __dirname, part, importModule) {${code}\n})`
  })
}
