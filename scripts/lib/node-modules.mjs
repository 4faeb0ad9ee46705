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
  const code = await run([...npm, 'ci', '--loglevel=error', '--no-audit', '--no-fund'], {
    stdio: ['ignore', 2, 2],
  })
  if (code !== 0) throw new Error('npm ci failed: is the npm registry within reach?')
  writeFileSync(STAMP, wanted)
}
