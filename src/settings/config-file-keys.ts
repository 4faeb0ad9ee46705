import { UserError } from '../errors.ts'

/** One key of `$AGENTVM_HOME/config`. */
export interface SettingKey<T> {
  key: string
  /** For people: `true|false`, `host|none|allowlist`, `seconds`. */
  type: string
  /** What holds if neither the file nor the environment sets it. */
  default: T
  description: string
  /** Turns the text into the value, or returns undefined if it isn't one. */
  parse: (text: string) => T | undefined
}

const DETACH_KEY = /^(?:[CMS]-)*(?:C|M)-(?:[CMS]-)*[A-Za-z0-9@[\]\\^_/-]$|^(?:[CMS]-)*F(?:[1-9]|1[0-2])$/

const boolean = (text: string): boolean | undefined =>
  /^(?:true|1|yes|on)$/i.test(text) ? true : /^(?:false|0|no|off)$/i.test(text) ? false : undefined

const word = (text: string): string | undefined => (/^[a-z][a-z0-9-]*$/.test(text) ? text : undefined)

/** Every key of the config file, by the name of its setting. */
export const SETTING_KEYS = {
  defaultProfile: define<string | undefined>('AGENTVM_DEFAULT_PROFILE', 'profile', undefined, {
    description: 'Profile of `spawn` and `run` without --profile and without a command',
    parse: (text) => (/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(text) ? text : undefined),
  }),
  gitlawbDefault: define<boolean>('AGENTVM_GITLAWB_DEFAULT', 'true|false', false, {
    description: 'Whether agents get a DID without --gitlawb',
    parse: boolean,
  }),
  sandbox: define<string | undefined>('AGENTVM_SANDBOX', 'backend', undefined, {
    description: 'Sandbox backend; by default the best one that works here',
    parse: word,
  }),
  net: define<'host' | 'none' | 'allowlist' | undefined>('AGENTVM_NET', 'host|none|allowlist', undefined, {
    description: 'Network of agents without --net',
    parse: (text) => (text === 'host' || text === 'none' || text === 'allowlist' ? text : undefined),
  }),
  requireSandbox: define<boolean>('AGENTVM_REQUIRE_SANDBOX', 'true|false', false, {
    description: 'Refuse to start an agent where no sandbox works, instead of a warning',
    parse: boolean,
  }),
  strictHooks: define<boolean>('AGENTVM_STRICT_HOOKS', 'true|false', false, {
    description: 'A failing hooks/pre-spawn stops the spawn, instead of a warning',
    parse: boolean,
  }),
  detachKey: define<string>('AGENTVM_DETACH_KEY', 'tmux key', 'C-]', {
    description:
      'Key that detaches from an agent: one with Ctrl (C-) or Alt (M-), or a function key (F1 to F12)',
    parse: (text) => (DETACH_KEY.test(text) ? text : undefined),
  }),
  killGrace: define<number>('AGENTVM_KILL_GRACE', 'seconds', 5, {
    description: 'Time between TERM and KILL when an agent is killed',
    parse: (text) => (/^\d{1,5}(?:\.\d{1,3})?$/.test(text) ? Number(text) : undefined),
  }),
}

/** The value of a setting from its text. Throws a {@link UserError} that says what is allowed and where the text stands. */
export function parseSetting<T>(setting: SettingKey<T>, text: string, where: string): T {
  const value = setting.parse(text)
  if (value !== undefined) return value
  throw new UserError(`${where}: ${setting.key} can't be ${JSON.stringify(text)}`, {
    fix: `use ${setting.type}`,
    exitCode: 2,
  })
}

function define<T>(
  key: string,
  type: string,
  byDefault: T,
  rest: Pick<SettingKey<T>, 'description' | 'parse'>,
): SettingKey<T> {
  return { key, type, default: byDefault, ...rest }
}
