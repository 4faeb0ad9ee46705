import { nearest } from '../system/nearest.ts'
import { parseSetting, SETTING_KEYS, type SettingKey } from './config-file-keys.ts'
import { OTHER_WRITERS, readOwnFile } from './env-file-read.ts'
import { EnvText } from './env-file-syntax.ts'
import type { Home } from './home.ts'

type Values = { readonly [Name in keyof typeof SETTING_KEYS]: (typeof SETTING_KEYS)[Name]['default'] }

/** The user's settings. Each is read when it is asked for: a wrong value stops only the commands that need it. */
export interface Settings extends Values {
  /** Lines of the config file that have no effect, one sentence each. */
  readonly warnings: readonly string[]
}

/**
 * The settings of a home: the config file wins over the environment, as in the bash tool. An empty value counts as
 * not set. Reading a setting throws a {@link UserError} if its value is wrong or the file can't be parsed; a key
 * that isn't known is a warning.
 */
export function readSettings(home: Pick<Home, 'configFile'>, env: NodeJS.ProcessEnv): Settings {
  let parsed: EnvText | undefined
  const text = () => {
    parsed ??= EnvText.parse(readOwnFile(home.configFile, OTHER_WRITERS) ?? '', home.configFile)
    return parsed
  }
  const read = (setting: SettingKey<unknown>): unknown => {
    const assignment = text().assignments.findLast(({ key }) => key === setting.key)
    if (assignment?.value)
      return parseSetting(setting, assignment.value, `line ${assignment.line} of ${home.configFile}`)
    const fromEnvironment = env[setting.key]
    return fromEnvironment ? parseSetting(setting, fromEnvironment, 'the environment') : setting.default
  }
  const settings = {} as Settings
  Object.defineProperty(settings, 'warnings', { get: () => unknownKeys(text(), home.configFile) })
  for (const [name, setting] of Object.entries(SETTING_KEYS)) {
    Object.defineProperty(settings, name, {
      enumerable: true,
      get: () => read(setting as SettingKey<unknown>),
    })
  }
  return settings
}

/** One sentence for each assignment to a key that there isn't. */
export function unknownKeys(text: EnvText, path: string): string[] {
  const known = Object.values(SETTING_KEYS).map(({ key }) => key)
  return text.assignments
    .filter(({ key }) => !known.includes(key))
    .map(({ key, line }) => {
      const suggestion = nearest(key, known)
      const hint = suggestion ? `: did you mean ${suggestion}?` : ''
      return `line ${line} of ${path}: there is no setting ${key}${hint}`
    })
}
