import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { UserError } from '../errors.ts'
import { shellQuote } from './shell-words.ts'
import { systemError } from './system-error.ts'

/** The bytes of a file that the user names; `-` is standard input. Throws a {@link UserError} that says why it can't be read. */
export function readUserFile(file: string): Buffer {
  try {
    return readFileSync(file === '-' ? 0 : file)
  } catch (cause) {
    throw new UserError(unreadable(file, cause as NodeJS.ErrnoException), { exitCode: 2, cause })
  }
}

function unreadable(file: string, error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return `there is no file ${file}`
  if (error.code === 'EISDIR') return `${file} is a folder, not a file`
  return systemError(error)?.what ?? `${file} can't be read: ${error.message}`
}

/** Runs what writes a file that the user names. Throws a {@link UserError} that says why that can't be. */
export function writingUserFile<T>(file: string, write: () => T): T {
  try {
    return write()
  } catch (error) {
    throw unwritable(resolve(file), error as NodeJS.ErrnoException)
  }
}

function unwritable(file: string, cause: NodeJS.ErrnoException): UserError {
  const folder = dirname(file)
  if (cause.code === 'ENOENT') {
    const fix = `mkdir -p ${shellQuote(folder)}, or name another place`
    return new UserError(`there is no folder ${folder}`, { fix, exitCode: 2, cause })
  }
  return (
    systemError(cause) ??
    new UserError(`${file} can't be written: ${cause.message}`, { fix: 'name another place', cause })
  )
}
