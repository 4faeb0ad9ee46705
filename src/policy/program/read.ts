import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs'

/** Enough for the scripts that package managers write: pnpm 12's name their target after 5 KB. */
const HEAD_BYTES = 32 * 1024

/** A file's beginning as text, `''` if it can't be read. */
export function readHead(path: string): string {
  try {
    const descriptor = openSync(path, 'r')
    try {
      const buffer = Buffer.allocUnsafe(HEAD_BYTES)
      return buffer.toString('utf8', 0, readSync(descriptor, buffer, 0, HEAD_BYTES, 0))
    } finally {
      closeSync(descriptor)
    }
  } catch {
    return ''
  }
}

/** A small file's text, `''` if it can't be read. */
export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** A value in a JSON file; undefined if the file isn't there, isn't JSON, or has no such key. */
export function readJson(path: string, ...keys: string[]): unknown {
  try {
    let at: unknown = JSON.parse(readText(path))
    for (const key of keys) at = typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined
    return at
  } catch {
    return undefined
  }
}

/** The names in a folder without the hidden ones, none if it can't be read. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => !name.startsWith('.'))
  } catch {
    return []
  }
}
