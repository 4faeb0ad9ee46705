import { UserError } from '../errors.ts'
import { nearest } from '../system/nearest.ts'
import { unknownKeys } from './config-file.ts'
import { parseSetting, SETTING_KEYS, type SettingKey } from './config-file-keys.ts'
import { changeEnvFile } from './env-file.ts'
import { editEnvFile } from './env-file-edit.ts'
import { OTHER_WRITERS, readOwnFile } from './env-file-read.ts'
import { EnvText } from './env-file-syntax.ts'

/** One setting as `config list --json` prints it. */
export interface SettingRow {
  key: string
  /** What holds now; null if nothing does. */
  value: string | number | boolean | null
  /** The config file wins over the environment. */
  source: 'file' | 'environment' | 'default'
  type: string
  default: string | number | boolean | null
  description: string
  /** Why the value can't be used; null if it can. */
  problem: string | null
}

const KEYS = Object.values(SETTING_KEYS) as SettingKey<SettingRow['value'] | undefined>[]

/** Every setting: what holds and where it comes from. Throws a {@link UserError} if the file can't be parsed. */
export function listSettings(path: string, env: NodeJS.ProcessEnv): SettingRow[] {
  const text = readConfig(path)
  return KEYS.map((setting) => rowOf(setting, text, path, env))
}

/** One setting, its `problem` told. Throws a {@link UserError} that suggests the nearest key if there is none. */
export function getSetting(path: string, env: NodeJS.ProcessEnv, key: string): SettingRow {
  return rowOf(settingOf(key), readConfig(path), path, env)
}

/** What a setting is now. Throws a {@link UserError} as {@link getSetting} does, and if its value is wrong. */
export function usableSetting(path: string, env: NodeJS.ProcessEnv, key: string): SettingRow {
  const row = getSetting(path, env, key)
  if (row.problem) throw new UserError(row.problem, { fix: `agentvm config set ${key} ${row.type}` })
  return row
}

/** Sets a key in the file. Throws a {@link UserError} on an unknown key or a value that it can't have. */
export async function setSetting(path: string, key: string, value: string): Promise<void> {
  const setting = settingOf(key)
  parseSetting(setting, value)
  await changeEnvFile(path, (text) => text.set(key, value), OTHER_WRITERS)
}

/** Removes keys from the file. Throws a {@link UserError}, removing none, if one isn't in it. */
export async function unsetSettings(path: string, keys: readonly string[]): Promise<void> {
  await changeEnvFile(
    path,
    (text) => {
      for (const key of keys) {
        if (text.unset(key)) continue
        settingOf(key)
        throw new UserError(`${key} is not set in ${path}`, {
          fix: "'agentvm config list' shows where values come from",
        })
      }
    },
    OTHER_WRITERS,
  )
}

/** Lets the user edit the file. Unknown keys and wrong values are refused; the edit is kept beside it then. Returns whether it changed. */
export function editSettings(
  path: string,
  env: NodeJS.ProcessEnv,
  note: (text: string) => void,
): Promise<boolean> {
  const validate = (text: EnvText) => {
    const [problem] = unknownKeys(text, path)
    if (problem) throw new UserError(problem)
    for (const { key, value, line } of text.assignments) {
      if (value) parseSetting(settingOf(key), value, `line ${line}`)
    }
  }
  return editEnvFile(path, env, { validate, forbidden: OTHER_WRITERS, note })
}

function settingOf(key: string): SettingKey<SettingRow['value'] | undefined> {
  const setting = KEYS.find((candidate) => candidate.key === key)
  if (setting) return setting
  const known = KEYS.map((candidate) => candidate.key)
  const short = `AGENTVM_${key.replaceAll('-', '_').toUpperCase()}`
  const suggestion = known.includes(short) ? short : nearest(key, known)
  throw new UserError(`there is no setting ${key}`, {
    fix: suggestion ? `did you mean ${suggestion}?` : "'agentvm config list' shows those that there are",
    exitCode: 2,
  })
}

function rowOf(
  setting: SettingKey<SettingRow['value'] | undefined>,
  text: EnvText,
  path: string,
  env: NodeJS.ProcessEnv,
): SettingRow {
  const { key, type, description } = setting
  const byDefault = setting.default ?? null
  const row = { key, type, default: byDefault, description, problem: null }
  const assignment = text.assignments.findLast((each) => each.key === key)
  const raw = assignment?.value || env[key]
  if (!raw) return { ...row, value: byDefault, source: 'default' }
  const source = assignment?.value ? 'file' : 'environment'
  const where = source === 'file' ? `line ${assignment?.line} of ${path}` : 'the environment'
  const value = setting.parse(raw)
  if (value !== undefined) return { ...row, value, source }
  return { ...row, value: raw, source, problem: `${where}: ${key} can't be ${JSON.stringify(raw)}` }
}

function readConfig(path: string): EnvText {
  return EnvText.parse(readOwnFile(path, OTHER_WRITERS) ?? '', path)
}
