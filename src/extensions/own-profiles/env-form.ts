import type { Profile } from '@agentvm/sdk'
import { check, type OwnProfile, ProfileSchema } from '@agentvm/sdk/schemas'
import { UserError } from '../../errors.ts'
import { type Assignment, EnvText } from '../../settings/env-file-syntax.ts'
import { nearest } from '../../system/nearest.ts'
import { shellQuote, shellSplit } from '../../system/shell-words.ts'
import { completeProfile } from './complete.ts'
import { type Expansions, expandAssignment } from './expand.ts'

/** The keys of the bash tool's profiles, each with the field that it sets. */
const KEYS = {
  PROFILE_LABEL: 'label',
  PROFILE_CMD: 'command',
  PROFILE_RO_PATHS: 'readOnly',
  PROFILE_RW_PATHS: 'readWrite',
  PROFILE_ENV_VARS: 'env',
  PROFILE_STATE_DIRS: 'state',
  PROFILE_STARTUP_KEYS: 'startupKeys',
  PROFILE_POST_CREATE_SCRIPT: 'postCreateScript',
} as const satisfies Record<string, keyof OwnProfile>

type Key = keyof typeof KEYS

/** Reads a profile of the bash tool's form. Throws a {@link UserError} that names file, line and key of the first mistake. */
export function readEnvForm(name: string, text: string, path: string, names: Expansions): Profile {
  const given = new Map<Key, Assignment>()
  for (const assignment of EnvText.parse(text, path).assignments) {
    given.set(knownKey(assignment, path), assignment)
  }
  const profile: Record<string, unknown> = {}
  for (const [key, assignment] of given) {
    const quoted =
      key === 'PROFILE_CMD'
        ? { HOME: shellQuote(names.HOME), SCRIPT_DIR: shellQuote(names.SCRIPT_DIR) }
        : names
    const value = expandAssignment(assignment, quoted, path)
    if (value.trim() !== '')
      profile[KEYS[key]] = fieldOf(key, value, names, `line ${assignment.line} of ${path}: ${key}`)
  }
  if (profile.command === undefined) {
    throw new UserError(`${path}: PROFILE_CMD is missing`, {
      fix: 'add a line: PROFILE_CMD="my-agent --flag"',
    })
  }
  const checked = check(ProfileSchema, completeProfile(name, profile as OwnProfile))
  if (checked.ok) return checked.value
  throw new UserError(checked.problems.map((problem) => inTermsOfKeys(problem, given, path)).join('; '), {
    fix: `mend that in ${path}`,
  })
}

function knownKey({ key, line }: Assignment, path: string): Key {
  if (key in KEYS) return key as Key
  const suggestion = nearest(key, Object.keys(KEYS))
  throw new UserError(`line ${line} of ${path}: a profile has no key ${key}`, {
    fix: suggestion ? `did you mean ${suggestion}?` : `there are: ${Object.keys(KEYS).join(' ')}`,
  })
}

function fieldOf(key: Key, value: string, names: Expansions, where: string): unknown {
  switch (key) {
    case 'PROFILE_CMD':
      return wordsOf(value, where)
    case 'PROFILE_RO_PATHS':
    case 'PROFILE_RW_PATHS':
      return listed(value)
    case 'PROFILE_ENV_VARS':
      return { optional: listed(value) }
    case 'PROFILE_STATE_DIRS':
      return { copy: listed(value).map((path) => belowHome(path, names.HOME)) }
    case 'PROFILE_STARTUP_KEYS':
      return value.trim().split(/\s+/)
    default:
      return value.trim()
  }
}

/** The command's words. It is no shell's command line: what only a shell understands is refused rather than passed on as text. */
function wordsOf(value: string, where: string): string[] {
  const words = shellSplit(value)
  if (!words) throw new UserError(`${where}: a quote in the command isn't closed`, { fix: 'close it' })
  if (/(?:^|\s)(?:\|\|?|&&?|;|[0-9]?[<>].*)(?:\s|$)|;(?:\s|$)/.test(withoutQuotes(value))) {
    throw new UserError(`${where}: the command is a program and its arguments, not a shell's command line`, {
      fix: `PROFILE_CMD="sh -c '…'" runs a shell`,
    })
  }
  return words
}

function withoutQuotes(value: string): string {
  return value.replaceAll(/\\[\s\S]|'[^']*'|"(?:[^"\\]|\\[\s\S])*"/g, 'x')
}

function listed(value: string): string[] {
  return value
    .split(':')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

function belowHome(path: string, home: string): string {
  const relative = path.startsWith(`${home}/`) ? path.slice(home.length + 1) : path
  return relative.replace(/^(?:\.\/+)+(?=.)/, '').replace(/\/+$/, '')
}

/** Turns a problem's field (`env.optional[0]: …`) into the key that set it. */
function inTermsOfKeys(problem: string, given: ReadonlyMap<Key, Assignment>, path: string): string {
  const [, field = '', index, what = problem] =
    /^([A-Za-z]+)(?:\.[A-Za-z]+)?(?:\[(\d+)\])?: (.*)$/s.exec(problem) ?? []
  for (const [key, { line }] of given) {
    if (KEYS[key] !== field) continue
    return `line ${line} of ${path}: ${key}${index === undefined ? '' : `, number ${Number(index) + 1},`} ${what}`
  }
  return `${path}: ${problem}`
}
