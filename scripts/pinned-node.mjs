import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { root, SetupError } from './root.mjs'

const NEEDED = [22, 12]

/** The Node.js that the repository's scripts run on: the one that package-lock.json pins, else a new enough one that runs this. */
export function pinnedNode() {
  const pinned = join(root, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin/node')
  // The pinned ones are built for glibc.
  if (existsSync(pinned) && !existsSync('/etc/alpine-release')) return pinned
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1])) return process.execPath
  throw new SetupError(`needs Node.js ${NEEDED.join('.')} or newer, this is ${process.versions.node}`)
}
