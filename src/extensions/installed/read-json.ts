import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs'
import { errorCode } from '../../system/files.ts'

/**
 * A JSON object of a plugin's, or undefined if there is no such file. Throws an `Error` that says what is wrong with
 * it. Never blocks on a FIFO, never reads more than `most` bytes.
 */
export function readJsonObject(path: string, most: number): Record<string, unknown> | undefined {
  let fd: number
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined
    throw new Error(`can't be read (${errorCode(error)})`, { cause: error })
  }
  try {
    const stats = fstatSync(fd)
    if (!stats.isFile()) throw new Error('is not a file')
    if (stats.size > most) throw new Error(`is larger than ${most / 1024 ** 2} MiB`)
    return parseObject(readFileSync(fd, 'utf8'))
  } finally {
    closeSync(fd)
  }
}

function parseObject(text: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new Error('is not JSON', { cause: error })
  }
  if (!isObject(value)) throw new Error('is not a JSON object')
  return value
}

/** Whether a value is an object with keys. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
