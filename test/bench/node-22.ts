import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../support/cli-installed.ts'

const FILES = ['package.json', 'package-lock.json']

/**
 * The Node.js 22 to measure with: `$NODE22`, or one that is fetched once into the repository's cache. It isn't a dependency,
 * since nothing but the bench runs it, and it weighs 120 MB. Throws if it can't be had.
 */
export function node22(): string {
  if (process.env.NODE22) return process.env.NODE22
  const folder = join(ROOT, '.cache/node-22')
  const node = join(folder, `node_modules/node-${process.platform}-${process.arch}/bin/node`)
  if (existsSync(node)) return node
  mkdirSync(folder, { recursive: true })
  for (const file of FILES) copyFileSync(join(import.meta.dirname, 'node-22', file), join(folder, file))
  const flags = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error']
  execFileSync('npm', ['ci', ...flags], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
  if (existsSync(node)) return node
  throw new Error('none is published for this system: name one by NODE22=path')
}
