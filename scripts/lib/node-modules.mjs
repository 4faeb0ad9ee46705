import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
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
  const npm = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ['npm']
  // What npm says of engines isn't true here: everything runs on the pinned Node that this very step installs.
  // Not `npm ci`: it refuses a lockfile that was made where the registry lacks packages for some other platform.
  // `--no-save` takes the versions of the lockfile and leaves the file as it is.
  const command = [...npm, 'install', '--no-save', '--loglevel=error']
  if ((await run(command, { stdio: ['ignore', 2, 2] })) !== 0) {
    throw new Error('npm install failed: is the npm registry within reach?')
  }
  writeFileSync(STAMP, wanted)
}
