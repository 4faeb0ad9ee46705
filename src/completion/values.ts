/**
 * What an argument or the value of a flag is completed with. The scripts know these words:
 *
 * - `agents`, `running`, `dead`: names of agents; `followed`: running ones if there is a -f, else all
 * - `trashed`: names of agents in the trash
 * - `tags`: `KEY=VALUE` of some agent
 * - `profiles`, `sandboxes`, `settings`: what there is; `plugins`: the user's; `all-plugins`: the built-in ones, too
 * - `value`: what the setting named before it takes
 * - `env-set`: names in the env file; `env-known`: those, and what profiles ask for
 * - `files`, `folders`, `commands` (agentvm's own), `none`
 * - `=a b c`: these words
 */
export type Values = string

/** Flags by the placeholder that their help shows. */
const BY_PLACEHOLDER: Record<string, Values> = {
  FILE: 'files',
  PATH: 'files',
  DIR: 'folders',
  FOLDER: 'folders',
  PROFILE: 'profiles',
  BACKEND: 'sandboxes',
  'NAME[=VALUE]': 'env-known',
  AGENT: 'agents',
  HOST: '=@git @npm @pypi @profile',
}

/** Flags that a placeholder doesn't tell. */
const BY_FLAG: Record<string, Values> = {
  agent: 'agents',
  tag: 'tags',
  signal: '=TERM INT HUP KILL QUIT USR1 USR2',
}

/** Arguments by their name. */
const BY_ARGUMENT: Record<string, Values> = {
  name: 'agents',
  names: 'agents',
  agent: 'agents',
  profile: 'profiles',
  file: 'files',
  path: 'files',
  plugin: 'plugins',
}

/** The arguments of commands whose names don't tell, in their order. The last one goes on where a command takes many. */
const BY_COMMAND: Record<string, Values[]> = {
  attach: ['running'],
  clean: ['dead'],
  'config get': ['settings'],
  'config set': ['settings', 'value'],
  'config unset': ['settings'],
  clone: ['agents', 'none'],
  'env get': ['env-set'],
  'env set': ['env-known', 'none'],
  'env unset': ['env-set'],
  exec: ['running', 'none'],
  help: ['commands'],
  kill: ['running'],
  logs: ['followed'],
  'provenance export': ['agents'],
  'plugins inspect': ['all-plugins'],
  'plugins install': ['files'],
  'plugins link': ['folders'],
  'queue remove': ['agents', 'none'],
  rename: ['agents', 'none'],
  restart: ['dead'],
  run: ['none'],
  send: ['running', 'files'],
  spawn: ['dead'],
  swarm: ['none'],
  tmux: ['agents', 'none'],
  'trash restore': ['trashed'],
  verify: ['agents'],
  wait: ['running'],
}

/** What a flag's value is completed with. */
export function valuesOfFlag(
  name: string,
  helpValue: string | undefined,
  options: readonly string[],
): Values {
  if (options.length > 0) return wordsOf(options)
  return BY_FLAG[name] ?? BY_PLACEHOLDER[helpValue ?? ''] ?? 'none'
}

/** What a command's arguments are completed with. `many`: it takes more than it names. */
export function valuesOfArguments(
  command: string,
  args: readonly { name: string; options?: readonly string[] | undefined }[],
  many: boolean,
): Values[] {
  const known = BY_COMMAND[command]
  if (known && (many || args.length > 0)) return known
  return args.map(({ name, options }) => (options?.length ? wordsOf(options) : (BY_ARGUMENT[name] ?? 'none')))
}

/** These words, less those that a shell would take for more than a word: a plugin's could be anything. */
function wordsOf(options: readonly string[]): Values {
  return `=${options.filter((option) => /^[\w@%+=:,./-]+$/.test(option)).join(' ')}`
}

/** What a setting is completed with, by how its type is written for people. */
export function valuesOfSetting(type: string): Values {
  if (type.includes('|')) return `=${type.split('|').join(' ')}`
  return type === 'profile' ? 'profiles' : type === 'backend' ? 'sandboxes' : 'none'
}
