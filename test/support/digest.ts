import { createHash } from 'node:crypto'
import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Changes if any byte, mode, time or name below a folder does. */
export function digest(folder: string): string {
  const hash = createHash('sha256')
  const walk = (path: string) => {
    for (const name of readdirSync(path).sort()) {
      const at = join(path, name)
      const stats = lstatSync(at)
      hash.update(`${at} ${stats.mode} ${stats.mtimeMs}\n`)
      if (stats.isDirectory()) walk(at)
      else if (stats.isFile()) hash.update(readFileSync(at))
    }
  }
  walk(folder)
  return hash.digest('hex')
}
