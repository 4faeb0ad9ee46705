import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { root, SetupError, say, writable } from './root.mjs'

/**
 * Whether node_modules holds what package-lock.json says: npm writes its own account of what it has installed when it
 * has finished, so an install that was interrupted doesn't match either.
 */
export function npmPackagesMatch() {
  const has = readPackages(join(root, 'node_modules/.package-lock.json'))
  if (!has) return false
  return Object.entries(readPackages(join(root, 'package-lock.json'))).every(([path, wanted]) => {
    if (!path.startsWith('node_modules/') || wanted.inBundle) return true
    const got = has[path]
    if (!got) return wanted.optional === true
    return (
      got.version === wanted.version && got.integrity === wanted.integrity && existsSync(join(root, path))
    )
  })
}

/** Installs exactly what package-lock.json says. No package's install script runs. */
export function installNpmPackages() {
  if (!writable(root)) throw new SetupError(`${root} is not writable: can't install its npm packages there`)
  say('Installing npm packages …')
  const args = ['ci', '--ignore-scripts', '--include=dev', '--include=optional', '--no-audit', '--no-fund']
  const [program, ...first] = npm()
  const { status, error } = spawnSync(program, [...first, ...args, '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    env: { ...process.env, ...cacheSettings() },
  })
  if (error) throw new SetupError(`npm can't be run (${error.code}); install it, it comes with Node.js`)
  if (status !== 0) throw new SetupError('npm ci failed, see above. Is the npm registry reachable?')
}

/** The npm that runs this script, or the one in PATH. */
function npm() {
  const { npm_execpath: running, npm_node_execpath: node } = process.env
  return running?.endsWith('npm-cli.js') && existsSync(running)
    ? [node ?? process.execPath, running]
    : ['npm']
}

/** Where the home isn't writable, npm keeps its cache in the repository. */
function cacheSettings() {
  const usual = process.env.npm_config_cache ?? join(process.env.HOME || homedir(), '.npm')
  return writable(usual) ? {} : { npm_config_cache: join(root, '.cache/npm') }
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages
  } catch (error) {
    if (error.code === 'ENOENT' || error instanceof SyntaxError) return undefined
    throw error
  }
}
