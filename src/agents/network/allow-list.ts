import type { AllowedHost, Profile } from '@agentvm/sdk'
import { UserError } from '../../errors.ts'
import { gitHosts } from '../../network/presets/git-hosts.ts'
import { npmHosts } from '../../network/presets/npm-hosts.ts'
import { pipHosts } from '../../network/presets/pip-hosts.ts'
import { formatRule, parseRule, sameTarget } from '../../network/rules.ts'
import { nearest } from '../../system/nearest.ts'
import type { Context } from '../context.ts'
import { presetMachine } from './preset-machine.ts'

/** What marks a rule that `agentvm net --allow` made: it stays when the agent is started again. */
export const BY_NET = 'agentvm net'

/** What marks a rule that `--allow` made: a restart says it again. */
export const BY_FLAG = '--allow'

/** What the user's texts are read with. */
export interface AllowSource {
  context: Context
  profile: Profile | undefined
  /** Addresses of the repository that the workspace is made from, for `@git`. */
  remotes?: readonly string[]
}

/** What `--allow`, `AGENTVM_ALLOW` and `net --allow` open: each text is a rule or a preset. Throws a {@link UserError} on any other, and on a preset that opens nothing. */
export function expandAllow(texts: readonly string[], from: string, source: AllowSource): AllowedHost[] {
  return texts.flatMap((text) =>
    text.startsWith('@')
      ? preset(text, source).map((rule) => ({ ...rule, from: `${from} ${text}` }))
      : [{ ...parseRule(text), from }],
  )
}

/** The hosts that a profile's program needs, signs in at, and can use. */
export function profileHosts({ name, hosts }: Profile): AllowedHost[] {
  const { required, login, optional } = hosts
  return [...required, ...login, ...optional].map((host) => ({ host, port: 443, from: `profile ${name}` }))
}

/** The rules with each target once, the first of each; private if any is. */
export function mergeRules(rules: readonly AllowedHost[]): AllowedHost[] {
  const merged: AllowedHost[] = []
  for (const rule of rules) {
    const known = merged.find((other) => sameTarget(other, rule))
    if (!known) merged.push({ ...rule })
    else if (rule.private) known.private = true
  }
  return merged
}

/** The rules without those that are revoked. */
export function withoutRevoked(rules: readonly AllowedHost[], revoked: readonly string[]): AllowedHost[] {
  return rules.filter((rule) => !revoked.includes(targetOf(rule)))
}

/** A rule's target as it is kept among what was revoked. */
export function targetOf({ host, port }: AllowedHost): string {
  return formatRule({ host, port })
}

const PRESETS: Record<string, (source: AllowSource) => AllowedHost[]> = {
  '@git': ({ remotes }) => gitHosts(remotes ?? []),
  '@npm': ({ context }) => npmHosts(presetMachine(context)),
  '@pypi': ({ context }) => pipHosts(presetMachine(context)),
  '@profile': ({ profile }) => (profile ? profileHosts(profile) : []),
}

function preset(name: string, source: AllowSource): AllowedHost[] {
  const find = PRESETS[name]
  if (!find) {
    const suggestion = nearest(name, Object.keys(PRESETS))
    throw new UserError(`there is no preset '${name}'`, {
      fix: suggestion ? `did you mean ${suggestion}?` : `use ${Object.keys(PRESETS).join(', ')}, or a host`,
      exitCode: 2,
    })
  }
  const rules = find(source)
  if (rules.length > 0) return rules
  const why = {
    '@npm': 'neither your npm configuration nor an installed npm names a registry',
    '@pypi': 'neither your pip configuration nor an installed pip names an index',
    '@profile': 'the agent has no profile, or its profile names no host',
  }[name]
  throw new UserError(`${name} opens nothing: ${why}`, { fix: 'name the hosts by --allow HOST', exitCode: 2 })
}
