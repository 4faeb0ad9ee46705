import { createHash } from 'node:crypto'
import { accessSync, constants, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { ROOT } from './paths.mjs'
import { run } from './run.mjs'
import { say } from './say.mjs'

const STAMP = join(ROOT, 'node_modules', '.agentvm-setup')

/** Installs exactly what package-lock.json says, if node_modules holds something else. Throws if npm fails. */
export async function installNodeModules() {
  const wanted = createHash('sha256')
    .update(readFileSync(join(ROOT, 'package-lock.json')))
    .update(`${process.platform} ${process.arch}`)
    .digest('hex')
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted) return
  say('Installing npm packages …')
  // What npm says of engines isn't true here: everything runs on the pinned Node that this very step installs.
  // Not `npm ci`: it refuses a lockfile that was made where the registry lacks packages for some other platform.
  // `--no-save` takes the versions of the lockfile and leaves the file as it is.
  const flags = ['--no-save', '--include=dev', '--include=optional', '--ignore-scripts', '--loglevel=error']
  const options = { stdio: ['ignore', 2, 2], env: { ...process.env, ...cacheSetting() } }
  if ((await run([...npm(), 'install', ...flags], options)) !== 0) {
    throw new Error('npm install failed: is the npm registry within reach?')
  }
  writeFileSync(STAMP, wanted)
}

/** The npm that runs this script, on the Node that it runs on; else the one in PATH. */
function npm() {
  const { npm_execpath: running = '', npm_node_execpath: node = process.execPath } = process.env
  return running.endsWith('npm-cli.js') ? [node, running] : ['npm']
}

/** Where the home can't be written to, npm's cache is in the checkout. */
function cacheSetting() {
  const usual = process.env.npm_config_cache ?? join(process.env.HOME || homedir(), '.npm')
  return isWritable(usual) ? {} : { npm_config_cache: join(ROOT, '.cache', 'npm') }
}

/** Whether a folder can be written to, or made. */
function isWritable(folder) {
  if (!existsSync(folder)) return dirname(folder) !== folder && isWritable(dirname(folder))
  try {
    accessSync(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}
