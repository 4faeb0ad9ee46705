import { UserError } from '../errors.ts'
import { isAllowText } from '../network/rules.ts'
import { shellSplit } from '../system/shell-words.ts'
import { parseSize } from './size.ts'

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

const isPluginPattern = (text: string) =>
  /^(?:@[a-z0-9][a-z0-9._-]*\/(?:\*|[a-z0-9][a-z0-9._-]*)|[a-z0-9][a-z0-9._-]*)$/.test(text)

const boolean = (text: string): boolean | undefined =>
  /^(?:true|1|yes|on)$/i.test(text) ? true : /^(?:false|0|no|off)$/i.test(text) ? false : undefined

const word = (text: string): string | undefined => (/^[a-z][a-z0-9-]*$/.test(text) ? text : undefined)

const count = (text: string): number | undefined => (/^\d{1,9}$/.test(text) ? Number(text) : undefined)

const oneOf =
  <T extends string>(...words: T[]) =>
  (text: string): T | undefined =>
    words.find((one) => one === text)

/** A bound on what one agent uses. Undefined leaves it to the profile and the built-in default. */
const limit = (key: string, type: string, description: string, parse: (text: string) => number | undefined) =>
  define<number | undefined>(key, type, undefined, { description: `${description}; 0 for no bound`, parse })

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
  requireGitlawb: define<boolean>('AGENTVM_REQUIRE_GITLAWB', 'true|false', false, {
    description: 'Refuse to start an agent whose DID is not registered, instead of registering it later',
    parse: boolean,
  }),
  identityMode: define<'socket' | 'file' | undefined>('AGENTVM_IDENTITY_MODE', 'socket|file', undefined, {
    description:
      'Where the private key of a DID is: on the host, behind a socket that signs commits only (the default), or also a file in the agent’s home',
    parse: oneOf('socket', 'file'),
  }),
  identity: define<string>('AGENTVM_IDENTITY', 'provider', 'gitlawb', {
    description: 'Who gives agents their identity, where they get one: the id of an identity provider',
    parse: (text) => (/^[a-z][a-z0-9-]*$/.test(text) ? text : undefined),
  }),
  sandbox: define<string | undefined>('AGENTVM_SANDBOX', 'backend', undefined, {
    description: 'Sandbox backend; by default the best one that works here',
    parse: word,
  }),
  net: define<'host' | 'none' | 'allowlist' | undefined>('AGENTVM_NET', 'host|none|allowlist', undefined, {
    description:
      'Network of agents without --net; by default an allow-list where the sandbox can enforce one',
    parse: (text) => (text === 'host' || text === 'none' || text === 'allowlist' ? text : undefined),
  }),
  allow: define<string | undefined>('AGENTVM_ALLOW', 'hosts', undefined, {
    description:
      'Hosts that every agent may reach under an allow-list, as --allow takes them, with spaces between',
    parse: (text) => (text.split(' ').every(isAllowText) ? text : undefined),
  }),
  requireSandbox: define<boolean>('AGENTVM_REQUIRE_SANDBOX', 'true|false', false, {
    description: 'Refuse to start an agent where no sandbox works, instead of a warning',
    parse: boolean,
  }),
  memory: limit('AGENTVM_MEMORY', 'size, such as 8G', 'Memory of an agent', parseSize),
  cpus: limit('AGENTVM_CPUS', 'cores, such as 1.5', 'CPU time of an agent', (text) =>
    /^\d{1,4}(?:\.\d{1,2})?$/.test(text) ? Number(text) : undefined,
  ),
  pids: limit('AGENTVM_PIDS', 'number', 'Processes and threads of an agent', count),
  openFiles: limit('AGENTVM_OPEN_FILES', 'number', 'Open files of each process', count),
  tmpSize: limit('AGENTVM_TMP_SIZE', 'size, such as 1G', "Size of an agent's /tmp", parseSize),
  shmSize: limit('AGENTVM_SHM_SIZE', 'size, such as 256M', "Size of an agent's /dev/shm", parseSize),
  logSize: limit('AGENTVM_LOG_SIZE', 'size, such as 64M', 'Size of a log before it is rotated', parseSize),
  workspaceSize: define<number>('AGENTVM_WORKSPACE_SIZE', 'size, such as 10G', 10 * 1024 ** 3, {
    description: 'Size of a workspace above which `list`, `ps` and `doctor` warn; 0 for no warning',
    parse: parseSize,
  }),
  requireLimits: define<boolean>('AGENTVM_REQUIRE_LIMITS', 'true|false', false, {
    description: 'Refuse to start an agent where a limit can not be enforced as asked, instead of a warning',
    parse: boolean,
  }),
  protect: define<'existing' | 'strict' | 'off' | undefined>(
    'AGENTVM_PROTECT',
    'existing|strict|off',
    undefined,
    {
      description: 'What of .git/hooks, .envrc, .vscode and the like agents can not change',
      parse: oneOf('existing', 'strict', 'off'),
    },
  ),
  gitConfig: define<'ro' | 'rw' | undefined>('AGENTVM_GIT_CONFIG', 'ro|rw', undefined, {
    description: 'Whether agents may change .git/config of a repository that they were given',
    parse: oneOf('ro', 'rw'),
  }),
  strictHooks: define<boolean>('AGENTVM_STRICT_HOOKS', 'true|false', false, {
    description: 'A failing hooks/pre-spawn stops the spawn, instead of a warning',
    parse: boolean,
  }),
  pluginAllow: define<string | undefined>('AGENTVM_PLUGIN_ALLOW', 'names, @scope/*', undefined, {
    description: 'Plugins that may be installed and loaded, with spaces between; by default any',
    parse: (text) => (text.split(' ').every(isPluginPattern) ? text : undefined),
  }),
  detachKey: define<string>('AGENTVM_DETACH_KEY', 'tmux key', 'C-]', {
    description:
      'Key that detaches from an agent: one with Ctrl (C-) or Alt (M-), or a function key (F1 to F12)',
    parse: (text) => (DETACH_KEY.test(text) ? text : undefined),
  }),
  provenance: define<boolean>('AGENTVM_PROVENANCE', 'true|false', true, {
    description: 'Whether a signed record of each run is kept',
    parse: boolean,
  }),
  notify: define<string | undefined>('AGENTVM_NOTIFY', 'desktop|bell|command', undefined, {
    description: 'How to tell you that an agent waits for you, is done, or has ended',
    parse: (text) => ((shellSplit(text)?.length ?? 0) > 0 ? text : undefined),
  }),
  trashDays: define<number>('AGENTVM_TRASH_DAYS', 'days', 30, {
    description: "Days until 'clean' removes what lies in the trash for good; 0 keeps it for ever",
    parse: (text) => (/^\d{1,5}(?:\.\d{1,3})?$/.test(text) ? Number(text) : undefined),
  }),
  killGrace: define<number>('AGENTVM_KILL_GRACE', 'seconds', 5, {
    description: 'Time between TERM and KILL when an agent is killed',
    parse: (text) => (/^\d{1,5}(?:\.\d{1,3})?$/.test(text) ? Number(text) : undefined),
  }),
}

/** The value of a setting from its text. Throws a {@link UserError} that says what is allowed and where the text stands. */
export function parseSetting<T>(setting: SettingKey<T>, text: string, where?: string): T {
  const value = setting.parse(text)
  if (value !== undefined) return value
  throw new UserError(
    `${where === undefined ? '' : `${where}: `}${setting.key} can't be ${JSON.stringify(text)}`,
    {
      fix: `it takes: ${setting.type} (${setting.description})`,
      exitCode: 2,
    },
  )
}

function define<T>(
  key: string,
  type: string,
  byDefault: T,
  rest: Pick<SettingKey<T>, 'description' | 'parse'>,
): SettingKey<T> {
  return { key, type, default: byDefault, ...rest }
}
