import type { Profile } from '@agentvm/sdk'
import { UserError } from '../errors.ts'
import { proxyEnvironment } from './proxy-endpoint.ts'

/** Folders of programs inside, after those of the agent's own program. */
const SYSTEM_PATH = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']

const ENV_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/

/** Where values may come from. `-e` beats the env file, the env file beats the caller's shell. */
export interface EnvironmentSources {
  /** The values of `-e NAME` and `-e NAME=VALUE`. */
  flags: readonly string[]
  /** `$AGENTVM_HOME/env`. */
  file: Record<string, string>
  /** The environment that agentvm was called with. */
  caller: NodeJS.ProcessEnv
}

/** What every agent's environment starts from. */
export interface BaseEnvironment {
  home: string
  pathDirs: readonly string[]
  tty: boolean
  /** Whether it reaches the network by the proxy only. */
  proxied?: boolean
  id: string
  name: string
}

/** The exact environment of an agent. Throws a {@link UserError} on a bad `-e`, or on one that has no value anywhere. */
export function agentEnvironment(
  base: BaseEnvironment,
  profile: Profile | undefined,
  sources: EnvironmentSources,
): Record<string, string> {
  const available = { ...definedOnly(sources.caller), ...sources.file }
  return {
    HOME: base.home,
    USER: 'agent',
    LOGNAME: 'agent',
    SHELL: '/bin/sh',
    PATH: [...new Set([...base.pathDirs, ...SYSTEM_PATH])].join(':'),
    LANG: 'C.UTF-8',
    ...(base.tty ? { TERM: 'tmux-256color', COLORTERM: 'truecolor' } : {}),
    ...(base.proxied ? proxyEnvironment() : {}),
    AGENTVM_AGENT: base.name,
    AGENTVM_AGENT_ID: base.id,
    ...(profile ? profile.env.set : {}),
    ...profile?.nestedSandbox?.env,
    ...(profile ? pick(available, profileNames(profile)) : {}),
    ...Object.fromEntries(sources.flags.map((flag) => fromFlag(flag, available))),
  }
}

/** Variables that the profile needs and that the environment lacks, in words for a warning; undefined if all is there. */
export function missingVariables(
  profile: Profile,
  env: Record<string, string>,
  fileExists: (path: string) => boolean,
): string | undefined {
  const isSet = (name: string) =>
    name.startsWith('file:') ? fileExists(name.slice('file:'.length)) : env[name] !== undefined
  const names = (list: string[]) => list.filter((name) => !name.startsWith('file:'))
  const lacking = profile.env.allOf.filter((name) => !isSet(name))
  if (lacking.length > 0) return `${profile.label} needs ${lacking.join(' and ')}`
  if (profile.env.anyOf.length > 0 && !profile.env.anyOf.some(isSet)) {
    return `${profile.label} needs one of ${names(profile.env.anyOf).join(', ')}`
  }
  return undefined
}

function profileNames(profile: Profile): string[] {
  const { allOf, anyOf, optional } = profile.env
  return [...allOf, ...anyOf, ...optional].filter((name) => !name.startsWith('file:'))
}

function pick(available: Record<string, string>, patterns: readonly string[]): Record<string, string> {
  const matches = (name: string) =>
    patterns.some((pattern) =>
      pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern,
    )
  return Object.fromEntries(Object.entries(available).filter(([name]) => matches(name)))
}

function fromFlag(flag: string, available: Record<string, string>): [string, string] {
  const equals = flag.indexOf('=')
  const [name, value] = equals < 0 ? [flag, available[flag]] : [flag.slice(0, equals), flag.slice(equals + 1)]
  if (!ENV_NAME.test(name)) {
    throw new UserError(`'-e ${name}' doesn't name an environment variable`, {
      fix: 'use -e NAME or -e NAME=VALUE',
      exitCode: 2,
    })
  }
  if (value === undefined) {
    throw new UserError(`-e ${name}: neither the env file nor your shell has ${name}`, {
      fix: `agentvm env set ${name}`,
      exitCode: 2,
    })
  }
  return [name, value]
}

function definedOnly(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}
