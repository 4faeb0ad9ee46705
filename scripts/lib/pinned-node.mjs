import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './paths.mjs'

/** The Node that everything in this repository runs on: the pinned one, or our own where there is none for this system. Throws if that is too old. */
export function pinnedNode() {
  const pinned = join(ROOT, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node')
  if (existsSync(pinned)) return pinned
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > 22 || (major === 22 && minor >= 18)) return process.execPath
  throw new Error(
    `Node.js ${process.versions.node} is too old, and none is pinned for this system: install 22.18 or newer`,
  )
}

/** The environment in which `node` is the pinned one. */
export function pinnedEnv(extra = {}) {
  const folder = join(pinnedNode(), '..')
  return { ...process.env, PATH: `${folder}:${process.env.PATH}`, ...extra }
}
