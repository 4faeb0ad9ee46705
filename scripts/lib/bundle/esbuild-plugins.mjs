import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { ROOT } from '../paths.mjs'
import { deferImports } from './defer-imports.mjs'
import { LEFT_OUT, REPLACED } from './replaced.mjs'

const require = createRequire(import.meta.url)
const CODE = '?code'

/**
 * Takes what lies in `dist` and not in one folder from the main file of the bundle.
 *
 * @param {Set<string>} used where to put what is taken, by its path in `dist`
 */
export const takeFromMain = (dist, folder, used) => ({
  name: 'take-from-main',
  setup(builder) {
    builder.onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir, namespace }) => {
      if (namespace === 'main') return { path: './agentvm.cjs', external: true }
      const file = resolve(resolveDir, path)
      if (file.startsWith(`${dist}/`) && !file.startsWith(`${folder}/`))
        return { path: relative(dist, file), namespace: 'main' }
    })
    builder.onLoad({ filter: /.*/, namespace: 'main' }, ({ path }) => {
      used.add(path)
      const name = JSON.stringify(path)
      return { contents: `module.exports = require('./agentvm.cjs').load(${name})`, resolveDir: dist }
    })
    // Ink and React are taken as they are for users, whatever NODE_ENV says: run.ts sees to that without a bundle.
    builder.onLoad({ filter: /\/node_modules\/.*\.js$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replaceAll('process.env.NODE_ENV', '"production"'),
    }))
    // Ink asks for its developers' tools where DEV is set, and can do without.
    builder.onResolve({ filter: /\/devtools\.js$/ }, ({ path }) => ({ path, external: true }))
  },
})

/**
 * Puts the modules of {@link REPLACED}, and those with the data of the built-in plugins, in the place of the real ones.
 *
 * @param {Map<string, string>} data texts of modules by their paths from the root
 */
export const replaceModules = (data, { traced } = {}) => ({
  name: 'replace-modules',
  setup(builder) {
    for (const [name, code] of data) {
      builder.onLoad({ filter: fileFilter(`${name}${CODE}`), namespace: 'deferred' }, async () => ({
        contents: `${traced ? trace(name) : ''}${await deferImports(code, true)}`,
        resolveDir: ROOT,
      }))
    }
    builder.onResolve({ filter: /\/terminal\/dashboard\/run\.js$/ }, () => ({
      // From bin/run.cjs, which imports it.
      path: '../dist/bundle/dashboard.js',
      external: true,
    }))
    for (const [name, contents] of Object.entries(REPLACED)) {
      builder.onResolve({ filter: new RegExp(`^${name}$`) }, () => ({ path: name, namespace: 'replaced' }))
      builder.onResolve({ filter: new RegExp(`^${name}\\?original$`) }, () => ({
        path: require.resolve(name),
      }))
      builder.onLoad({ filter: new RegExp(`^${name}$`), namespace: 'replaced' }, () => ({
        contents,
        resolveDir: ROOT,
      }))
    }
  },
})

/**
 * Evaluates each import at its first use: {@link deferImports}.
 *
 * @param {object} [options]
 * @param {import('./parts.mjs').Part} [options.part] the part of the bundle that is made: what another one holds is taken from there
 * @param {boolean} [options.traced] whether each module says its name when it is evaluated
 */
export const deferAll = ({ part, traced = false } = {}) => ({
  name: 'defer-imports',
  setup(builder) {
    const modules = new Set()
    builder.onResolve({ filter: /^\.\/\w+\.cjs$/, namespace: 'elsewhere' }, ({ path }) => ({
      path,
      external: true,
    }))
    builder.onResolve({ filter: /.*/ }, async ({ path, kind, importer, resolveDir, pluginData }) => {
      if (pluginData === deferAll || kind === 'entry-point') return
      // What was an import finds what an import finds, of a package that has another form for `require`.
      const asked = kind === 'require-call' && modules.has(importer) ? 'import-statement' : kind
      const found = await builder.resolve(path, { kind: asked, importer, resolveDir, pluginData: deferAll })
      // Under such names esbuild doesn't take them for ES modules by their ending or their package.
      const isCode = !found.external && found.namespace === 'file' && /\.[cm]?js$/.test(found.path)
      if (!isCode) return found
      const name = relative(ROOT, found.path)
      const namespace = part?.take(name) ? 'elsewhere' : 'deferred'
      return { path: `${name}${CODE}`, namespace }
    })
    builder.onLoad({ filter: /.*/, namespace: 'elsewhere' }, ({ path }) => ({
      contents: `module.exports = ${part.take(path.slice(0, -CODE.length))}`,
    }))
    builder.onLoad({ filter: /.*/, namespace: 'deferred' }, async ({ path: name }) => {
      const path = join(ROOT, name.slice(0, -CODE.length))
      let source = readFileSync(path, 'utf8')
      for (const [end, text] of Object.entries(LEFT_OUT)) {
        if (!path.endsWith(end)) continue
        if (!text.test(source)) throw new Error(`${path} has changed: look again at what is left out of it`)
        source = source.replace(text, '')
      }
      const isModule = /^(?:import|export)\b/m.test(source)
      if (isModule) modules.add(name)
      if (isModule || path.includes('/@oclif/core/'))
        source = await deferImports(whereItLies(source, path), isModule)
      if (traced) source = trace(relative(ROOT, path)) + source
      return { contents: source, resolveDir: dirname(path) }
    })
  },
})

/** The path from the root of what esbuild calls a module that {@link deferAll} has loaded; none of another one. */
export function moduleName(input) {
  return input.startsWith('deferred:') && input.endsWith(CODE) ? [input.slice(9, -CODE.length)] : []
}

/** What says that a module is evaluated. */
function trace(name) {
  return `globalThis.evaluated.push(${JSON.stringify(name)});`
}

function fileFilter(path) {
  return new RegExp(`^${path.replaceAll(/[.?]/g, '\\$&')}$`)
}

/** A module asks where it lies to find a file beside it, which is then beside the bundle, or packages. */
function whereItLies(source, path) {
  const file = `(__dirname + ${JSON.stringify(`/${basename(path)}`)})`
  return source
    .replaceAll('import.meta.dirname', '__dirname')
    .replaceAll('import.meta.filename', file)
    .replaceAll('import.meta.url', `require("node:url").pathToFileURL(${file}).href`)
}
