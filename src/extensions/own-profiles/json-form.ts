import type { Profile } from '@agentvm/sdk'
import { check, type OwnProfile, OwnProfileSchema, ProfileSchema } from '@agentvm/sdk/schemas'
import { UserError } from '../../errors.ts'
import { completeProfile } from './complete.ts'
import { type Expansions, expandPath } from './expand.ts'
import { lineOfJson } from './json-lines.ts'

/** Reads a profile of the JSON form. Throws a {@link UserError} that names file, line and field of each mistake. */
export function readJsonForm(name: string, text: string, path: string, names: Expansions): Profile {
  const given = check(OwnProfileSchema, parse(text, path))
  if (!given.ok) throw problemsIn(text, path, given.problems)
  const own = given.value
  if (own.name !== undefined && own.name !== name) {
    throw problemsIn(text, path, [`name: must be '${name}', as the file's`])
  }
  const whole = check(ProfileSchema, completeProfile(name, expandPaths(own, names)))
  if (!whole.ok) throw problemsIn(text, path, whole.problems)
  return whole.value
}

function expandPaths(own: OwnProfile, names: Expansions): OwnProfile {
  const paths = (list: string[]) => list.map((entry) => expandPath(entry, names))
  const { readOnly, readWrite, postCreateScript } = own
  const [program, ...args] = own.command
  return {
    ...own,
    command: [expandPath(program, names), ...args],
    ...(readOnly && { readOnly: paths(readOnly) }),
    ...(readWrite && { readWrite: paths(readWrite) }),
    ...(postCreateScript && { postCreateScript: expandPath(postCreateScript, names) }),
  }
}

function problemsIn(text: string, path: string, problems: readonly string[]): UserError {
  const located = problems.map((problem) => {
    const [, field = ''] = /^([^\s:]+): /.exec(problem) ?? []
    return `line ${lineOfJson(text, field)} of ${path}: ${problem}`
  })
  return new UserError(located.join('; '), { fix: `mend that in ${path}` })
}

function parse(text: string, path: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const what = (error as Error).message.replace(/ in JSON at .*$|, .* is not valid JSON$/s, '')
    throw new UserError(`line ${lineOfMistake(text)} of ${path} is not JSON: ${what}`, {
      fix: `mend that line in ${path}`,
      cause: error,
    })
  }
}

/** The first line after which a text can't become JSON any more, whatever follows: V8 doesn't always name the place. */
function lineOfMistake(text: string): number {
  const lines = text.split('\n')
  let good = 0
  let bad = lines.length
  while (good + 1 < bad) {
    const middle = Math.floor((good + bad) / 2)
    if (canGoOn(lines.slice(0, middle).join('\n'))) good = middle
    else bad = middle
  }
  return bad
}

function canGoOn(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch (error) {
    const { message } = error as Error
    const position = /at position (\d+)/.exec(message)?.[1]
    return /end of JSON|Unterminated/.test(message) || Number(position ?? -1) >= text.trimEnd().length
  }
}
