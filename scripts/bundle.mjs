import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { builtInPlugins } from './lib/bundle/built-in-plugins.mjs'
import { deferAll, replaceModules, takeFromMain } from './lib/bundle/esbuild-plugins.mjs'
import { everydayModules, partsOf } from './lib/bundle/parts.mjs'
import { toAscii } from './lib/bundle/to-ascii.mjs'
import { ROOT } from './lib/paths.mjs'

// Makes dist/bundle of dist and node_modules: what the installed CLI runs. docs/decisions/start-up.md says why.
const OUT = join(ROOT, 'dist/bundle')
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
await bundleMain({ traced: true })
const { main, rest } = partsOf(everydayModules(join(OUT, 'agentvm.cjs')))
await bundleMain({ part: main })
await bundleRest({ part: rest })
await bundlePrograms()

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

/** agentvm itself, as far as everyday commands need it; the whole of it where there are no parts. */
async function bundleMain({ part, traced }) {
  const loads = [
    ...[...files].map(([name, path]) => [name, path]),
    ...[...shared].map((path) => [path, join(DIST, path)]),
    ...(part?.lent ?? []).map((name, number) => [number, join(ROOT, name)]),
  ]
  const contents = `exports.helpers = ${HELPERS}
    exports.main = require('./start/main.js').main
    const loads = {${loads.map(([name, path]) => `${JSON.stringify(name)}: () => require(${JSON.stringify(path)})`)}}
    exports.load = (name) => loads[name]()`
  await bundleCode('agentvm.cjs', contents, WITH_HELPERS, { part, traced })
}

/** What the main file takes when it is used. */
async function bundleRest({ part }) {
  const loads = part.lent.map((name) => `() => require(${JSON.stringify(join(ROOT, name))})`)
  const contents = `const loads = [${loads}]
    exports.load = (number) => loads[number]()`
  await bundleCode('rest.cjs', contents, `const ${HELPERS} = require('./agentvm.cjs').helpers;`, { part })
}

async function bundleCode(name, contents, banner, options) {
  const outfile = join(OUT, name)
  await build({
    ...common,
    stdin: { resolveDir: DIST, contents },
    outfile,
    format: 'cjs',
    banner: { js: banner },
    plugins: [replaceModules(data, options), deferAll(options)],
  })
  writeFileSync(outfile, toAscii(readFileSync(outfile, 'utf8')))
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
