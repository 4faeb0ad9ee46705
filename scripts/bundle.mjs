import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { builtInPlugins } from './lib/bundle/built-in-plugins.mjs'
import { deferAll, moduleName, replaceModules, takeFromMain } from './lib/bundle/esbuild-plugins.mjs'
import { partsOf } from './lib/bundle/parts.mjs'
import { toAscii } from './lib/bundle/to-ascii.mjs'
import { wrapParts } from './lib/bundle/wrap.mjs'
import { ROOT } from './lib/paths.mjs'

// Makes dist/bundle of dist and node_modules: what the installed CLI runs. docs/decisions/start-up.md says why.
const BUNDLE = join(ROOT, 'dist/bundle')
/** Made aside, so that whoever starts agentvm meanwhile has the one before. */
const OUT = join(ROOT, 'dist/bundle-new')
const DIST = join(ROOT, 'dist')
const DASHBOARD = join(DIST, 'terminal/dashboard')
const HELPERS = '{ __export, __asModule, __toESM, __builtin, __reExport }'
/** As functions of the file, which all its modules see, by names that nothing else in it has. */
const WITH_HELPERS = `const ${HELPERS} = (() => {
${readFileSync(join(ROOT, 'scripts/lib/bundle/helpers.mjs'), 'utf8').replaceAll(/^export /gm, '')}
return ${HELPERS} })();`
const common = {
  bundle: true,
  platform: 'node',
  target: 'node22.12',
  legalComments: 'none',
  minify: true,
  // A stack shows the line.
  lineLimit: 160,
  logOverride: { 'require-resolve-not-external': 'silent' },
}

rmSync(OUT, { recursive: true, force: true })
const { modules: data, files } = await builtInPlugins()
const shared = await bundleDashboard()
for (const name of files.keys()) {
  const code = `module.exports = require('./agentvm.cjs').load(${JSON.stringify(name)})\n`
  writeFileSync(join(OUT, name), code)
}
const { file, modules } = await bundleMain({ traced: true })
const [main, ...others] = partsOf(file, modules)
await bundleMain({ part: main })
for (const part of others) await bundlePart(part)
const texts = [main, ...others].map((part) => readFileSync(join(OUT, part.file), 'utf8'))
for (const [at, text] of wrapParts(texts).entries())
  writeFileSync(join(OUT, [main, ...others][at].file), text)
await bundlePrograms()
putInPlace()

/**
 * The dashboard and Ink, which waits at its top level and so has to be a module: a file of its own. All else that it
 * uses it takes from the main file, so that there is one of each.
 */
async function bundleDashboard() {
  const used = new Set()
  await build({
    ...common,
    entryPoints: [join(DASHBOARD, 'run.js')],
    outfile: join(OUT, 'dashboard.js'),
    format: 'esm',
    banner: {
      js: "import { createRequire } from 'node:module'\nconst require = createRequire(import.meta.url)",
    },
    plugins: [takeFromMain(DIST, DASHBOARD, used)],
  })
  return used
}

/** agentvm itself, as far as it isn't in the other parts; the whole of it where there are none. */
async function bundleMain({ part, traced }) {
  const loads = [
    ...files,
    ...[...shared].map((path) => [path, join(DIST, path)]),
    ...(part?.modules ?? []).map((name, place) => [place, join(ROOT, name)]),
  ]
  const contents = `exports.helpers = ${HELPERS}
    exports.main = require('./start/main.js').main
    const loads = {${loads.map(([name, path]) => `${JSON.stringify(name)}: () => require(${JSON.stringify(path)})`)}}
    exports.load = (name) => loads[name]()`
  return bundleCode('agentvm.cjs', contents, WITH_HELPERS, { part, traced })
}

/** What the other parts take when it is used. */
async function bundlePart(part) {
  const loads = part.modules.map((name) => `() => require(${JSON.stringify(join(ROOT, name))})`)
  const contents = `const loads = [${loads}]
    exports.load = (place) => loads[place]()`
  await bundleCode(part.file, contents, `const ${HELPERS} = part('agentvm.cjs').helpers;`, { part })
}

/** Writes a file of the bundle. Returns its path and the modules in it, by their paths from the root. */
async function bundleCode(name, contents, banner, options) {
  const file = join(OUT, name)
  const { metafile } = await build({
    ...common,
    stdin: { resolveDir: DIST, contents },
    outfile: file,
    format: 'cjs',
    banner: { js: banner },
    metafile: true,
    plugins: [replaceModules(data, options), deferAll(options)],
  })
  writeFileSync(file, toAscii(readFileSync(file, 'utf8')))
  return { file, modules: Object.keys(metafile.inputs).flatMap(moduleName) }
}

/** Programs that agentvm starts, each found beside the module that does. */
async function bundlePrograms() {
  await build({
    ...common,
    entryPoints: {
      'proxy/main': join(DIST, 'network/proxy/main.js'),
      'proof-of-work-thread': join(ROOT, 'plugins/gitlawb/dist/icaptcha/proof-of-work-thread.js'),
    },
    outdir: OUT,
    format: 'esm',
  })
}

function putInPlace() {
  const old = join(ROOT, 'dist/bundle-old')
  rmSync(old, { recursive: true, force: true })
  if (existsSync(BUNDLE)) renameSync(BUNDLE, old)
  renameSync(OUT, BUNDLE)
  rmSync(old, { recursive: true, force: true })
}
