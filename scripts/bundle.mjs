import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { builtInPlugins } from './lib/bundle/built-in-plugins.mjs'
import { deferAll, replaceModules, takeFromMain } from './lib/bundle/esbuild-plugins.mjs'
import { toAscii } from './lib/bundle/to-ascii.mjs'
import { ROOT } from './lib/paths.mjs'

// Makes dist/bundle of dist and node_modules: what the installed CLI runs. docs/decisions/start-up.md says why.
const OUT = join(ROOT, 'dist/bundle')
const DIST = join(ROOT, 'dist')
const DASHBOARD = join(DIST, 'terminal/dashboard')
/** As functions of the file, which all its modules see, by names that nothing else in it has. */
const HELPERS = `const { __export, __asModule, __toESM, __reExport } = (() => {
${readFileSync(join(ROOT, 'scripts/lib/bundle/helpers.mjs'), 'utf8').replaceAll(/^export /gm, '')}
return { __export, __asModule, __toESM, __reExport } })();`
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
const { code: builtIn, files } = await builtInPlugins()
const shared = await bundleDashboard()
await bundleMain()
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

async function bundleMain() {
  const loads = new Map([...files, ...[...shared].map((path) => [path, join(DIST, path)])])
  const cases = [...loads].map(
    ([name, path]) => `${JSON.stringify(name)}: () => require(${JSON.stringify(path)})`,
  )
  await build({
    ...common,
    stdin: {
      resolveDir: DIST,
      contents: `exports.main = require('./start/main.js').main
        const loads = {${cases.join(', ')}}
        exports.load = (name) => loads[name]()`,
    },
    outfile: join(OUT, 'agentvm.cjs'),
    format: 'cjs',
    banner: { js: HELPERS },
    plugins: [replaceModules(builtIn), deferAll],
  })
  const file = join(OUT, 'agentvm.cjs')
  writeFileSync(file, toAscii(readFileSync(file, 'utf8')))
  for (const name of files.keys()) {
    writeFileSync(
      join(OUT, name),
      `module.exports = require('./agentvm.cjs').load(${JSON.stringify(name)})\n`,
    )
  }
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
