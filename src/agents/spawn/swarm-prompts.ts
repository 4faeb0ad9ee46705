import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from '../../errors.ts'
import { compareNames } from '../state/names.ts'

/** The prompts in a folder, one a file, in natural order of their names. Hidden files and folders aren't meant. Throws a {@link UserError} if it can't be read or has none. */
export function readPrompts(folder: string): string[] {
  let prompts: string[]
  try {
    prompts = readdirSync(folder)
      .filter((name) => !name.startsWith('.') && statSync(join(folder, name)).isFile())
      .sort(compareNames)
      .map((name) => readFileSync(join(folder, name), 'utf8'))
  } catch (error) {
    throw new UserError(`the prompts in ${folder} can't be read: ${(error as Error).message}`, {
      exitCode: 2,
      cause: error,
    })
  }
  if (prompts.length > 0) return prompts
  throw new UserError(`there are no prompts in ${folder}`, {
    fix: 'put one file an agent there',
    exitCode: 2,
  })
}
