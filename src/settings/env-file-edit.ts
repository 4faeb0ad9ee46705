import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readdirSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { UserError } from '../errors.ts'
import { createFileAtomic, makePrivateDir, writeFileAtomic } from '../system/files.ts'
import { withLock } from '../system/lock.ts'
import { processStart } from '../system/processes.ts'
import { waitInForeground } from '../system/signals.ts'
import { ANYONE_ELSE, readOwnFile } from './env-file-read.ts'
import { EnvText } from './env-file-syntax.ts'

/** How a file is edited. */
interface EditOptions {
  validate?: (text: EnvText) => void
  forbidden?: number
  note?: (text: string) => void
}

/**
 * Lets the user edit a file of `KEY=value` lines. The edit happens on a copy beside it (0600) and replaces the file
 * only if it parses and nobody else has changed the file meanwhile; else the copy stays, and the error says where.
 * Returns whether anything changed. `note` is told of an edit whose agentvm was killed; one that says nothing new is
 * removed. `validate` may throw to refuse the edit; `forbidden` is for whom the file must be
 * closed, see `env-file-read.ts`.
 */
export async function editEnvFile(
  path: string,
  env: NodeJS.ProcessEnv,
  { validate = () => {}, forbidden = ANYONE_ELSE, note = () => {} }: EditOptions = {},
): Promise<boolean> {
  makePrivateDir(dirname(path))
  const before = readOwnFile(path, forbidden) ?? ''
  for (const left of removeStale(path, before)) note(`an edit of ${path} that was cut off lies in ${left}`)
  const copy = `${path}.edit-${process.pid}-${randomBytes(3).toString('hex')}`
  createFileAtomic(copy, before, { mode: 0o600, tidy: true })
  const exitCode = await runEditor(env.EDITOR || env.VISUAL || 'vi', copy).catch((error: unknown) => {
    if (readOwnFile(copy, 0) === before) rmSync(copy, { force: true })
    throw error
  })
  const after = readOwnFile(copy, 0) ?? before
  if (after === before || exitCode !== 0) rmSync(copy, { force: true })
  if (exitCode !== 0) throw new UserError(`the editor failed (exit code ${exitCode}); ${path} is unchanged`)
  if (after === before) return false
  try {
    validate(EnvText.parse(after, copy))
    await withLock(`${path}.lock`, () => replace(path, before, after, forbidden))
  } catch (error) {
    const { message } = error as Error
    throw new UserError(`${message}. ${path} is unchanged; your edit is in ${copy}`, {
      fix: `mend it, then: mv ${copy} ${path}`,
      cause: error,
    })
  }
  rmSync(copy, { force: true })
  removeStale(path, after)
  return true
}

/** Removes copies of edits whose agentvm has died that hold what the file holds: keys, perhaps. Returns the others. */
function removeStale(path: string, content: string): string[] {
  const copies = readdirSync(dirname(path)).flatMap((name) => {
    const pid = name.startsWith(`${basename(path)}.edit-`) && /-(\d+)-[0-9a-f]{6}$/.exec(name)?.[1]
    return pid && processStart(Number(pid)) === undefined ? join(dirname(path), name) : []
  })
  return copies.filter((copy) => {
    const isStale = readOwnFile(copy, 0) === content
    if (isStale) rmSync(copy, { force: true })
    return !isStale
  })
}

function replace(path: string, before: string, after: string, forbidden: number): void {
  if ((readOwnFile(path, forbidden) ?? '') !== before) {
    throw new UserError(`${path} was changed by another command while you edited it`)
  }
  writeFileAtomic(path, after, { mode: 0o600 })
}

/** `EDITOR` may hold arguments (`code --wait`), hence the shell, as git does it. */
async function runEditor(editor: string, file: string): Promise<number> {
  const child = spawn('/bin/sh', ['-c', `${editor} "$1"`, 'sh', file], { stdio: 'inherit' })
  return waitInForeground(child, 'theirs')
}
