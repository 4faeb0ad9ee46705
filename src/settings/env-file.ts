import { dirname } from 'node:path'
import { UserError } from '../errors.ts'
import { makePrivateDir, writeFileAtomic } from '../system/files.ts'
import { withLock } from '../system/lock.ts'
import { nearest } from '../system/nearest.ts'
import { ANYONE_ELSE, readOwnFile } from './env-file-read.ts'
import { EnvText } from './env-file-syntax.ts'

/** Longest value that Linux passes on to a program (`MAX_ARG_STRLEN`), with room for the name. */
const LONGEST_VALUE = 128 * 1024 - 512

/** The values of `$AGENTVM_HOME/env`, empty if there is no such file. Throws a {@link UserError} if others can read it. */
export function readEnvFile(path: string): Record<string, string> {
  return readEnvText(path).values
}

/** The same with its comments and order. */
function readEnvText(path: string): EnvText {
  return EnvText.parse(readOwnFile(path, ANYONE_ELSE) ?? '', path)
}

/** One value. Throws a {@link UserError} that suggests the nearest name if there is none. */
export function getEnvValue(path: string, key: string): string {
  const text = readEnvText(path)
  const value = text.get(key)
  if (value === undefined) throw unknownKey(key, Object.keys(text.values))
  return value
}

/** Stores one value. Concurrent changes of other keys are kept. */
export async function setEnvValue(path: string, key: string, value: string): Promise<void> {
  if (Buffer.byteLength(value) > LONGEST_VALUE) {
    throw new UserError(`the value of ${key} is too long to be passed to a program`, {
      fix: 'keep it in a file, and store the path of that file',
      exitCode: 2,
    })
  }
  await changeEnvFile(path, (text) => text.set(key, value))
}

/** Removes values. Throws a {@link UserError}, removing none, if one of them isn't there. */
export async function unsetEnvValues(path: string, keys: readonly string[]): Promise<void> {
  await changeEnvFile(path, (text) => {
    const known = Object.keys(text.values)
    for (const key of keys) if (!text.unset(key)) throw unknownKey(key, known)
  })
}

/**
 * Replaces the file by what `change` makes of it, at once, mode 0600, while no other agentvm does. `forbidden`: whose
 * permissions it must not have had, see `env-file-read.ts`.
 */
export async function changeEnvFile(
  path: string,
  change: (text: EnvText) => void,
  forbidden: number = ANYONE_ELSE,
): Promise<void> {
  makePrivateDir(dirname(path))
  await withLock(`${path}.lock`, () => {
    const text = EnvText.parse(readOwnFile(path, forbidden) ?? '', path)
    change(text)
    writeFileAtomic(path, text.toString(), { mode: 0o600 })
  })
}

/** A value so that one recognises it but can't use it: `sk-a…wxyz`. Short ones show nothing, not even their length. */
export function maskValue(value: string): string {
  const shown = value.length >= 32 ? 4 : value.length >= 16 ? 2 : 0
  if (shown === 0) return value === '' ? '' : '********'
  return `${value.slice(0, shown)}…${value.slice(-shown)}`.toWellFormed().replaceAll(/[\p{C}\p{Z}]/gu, '·')
}

function unknownKey(key: string, known: readonly string[]): UserError {
  const suggestion = nearest(key, known)
  return new UserError(`${key} is not set`, {
    fix: suggestion ? `did you mean ${suggestion}?` : "'agentvm env list' shows those that are",
  })
}
