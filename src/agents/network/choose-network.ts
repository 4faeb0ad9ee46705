import type { AllowedHost, Profile, SandboxBackend, SandboxPolicy } from '@agentvm/sdk'
import { UserError } from '../../errors.ts'
import type { Context } from '../context.ts'
import { installCommand } from '../doctor/install.ts'
import {
  BY_FLAG,
  BY_NET,
  expandAllow,
  mergeRules,
  profileHosts,
  targetOf,
  withoutRevoked,
} from './allow-list.ts'

type Mode = SandboxPolicy['network']['mode']

/** What decides an agent's network. */
export interface NetworkRequest {
  /** `--net`. */
  network: Mode | undefined
  /** `--allow`. */
  allow: readonly string[]
  /** What `agentvm net` has changed for this agent before. */
  earlier: { allow: readonly AllowedHost[]; revoked: readonly string[] } | undefined
  /** Addresses of the repository that the workspace is made from. */
  remotes: readonly string[]
}

/** An agent's network. */
export interface ChosenNetwork {
  mode: Mode
  allow: AllowedHost[]
  /** Targets that stay closed, whatever opens them. */
  revoked: string[]
}

/**
 * Chooses the mode (flag, else config, else the allow-list where the backend can enforce it) and puts the allow-list
 * together. Throws a {@link UserError} where the backend can't enforce the mode here: it never falls back to a more
 * open one, but where nobody asked for a mode and the backend knows no allow-list at all, which is said.
 */
export function chooseNetwork(
  context: Context,
  backend: SandboxBackend,
  profile: Profile | undefined,
  { network, allow, earlier, remotes }: NetworkRequest,
): ChosenNetwork {
  const mode = chooseMode(context, backend, network ?? context.settings.net)
  if (mode !== 'allowlist') {
    if (allow.length > 0) {
      throw new UserError(`--allow opens nothing where the network is '${mode}'`, {
        fix: 'use --net allowlist, or leave --allow out',
        exitCode: 2,
      })
    }
    return { mode, allow: [], revoked: [...(earlier?.revoked ?? [])] }
  }
  const source = { context, profile, remotes }
  const flags = expandAllow(allow, BY_FLAG, source)
  const revoked = (earlier?.revoked ?? []).filter(
    (target) => !flags.some((rule) => targetOf(rule) === target),
  )
  const rules = [
    ...flags,
    ...(profile ? profileHosts(profile) : []),
    ...expandAllow(context.settings.allow?.split(' ') ?? [], 'AGENTVM_ALLOW', source),
    ...(earlier?.allow ?? []).filter(({ from }) => from?.startsWith(BY_NET)),
  ]
  return { mode, allow: withoutRevoked(mergeRules(rules), revoked), revoked }
}

function chooseMode(
  context: Context,
  { capabilities, label }: SandboxBackend,
  asked: Mode | undefined,
): Mode {
  const { network, networkLacks = [], isolates } = capabilities
  if (asked === undefined && !network.includes('allowlist')) {
    if (isolates)
      context.warn(
        `the sandbox ${label} can't enforce an allow-list: the agent has the machine's own network. --net none closes it`,
      )
    return 'host'
  }
  const mode = asked ?? 'allowlist'
  if (!network.includes(mode)) {
    throw new UserError(`the sandbox ${label} can't enforce the network mode '${mode}'`, {
      fix: `use --net ${network.join(' or --net ')}`,
    })
  }
  const lack = networkLacks.find((one) => one.mode === mode)
  if (!lack) return mode
  const install = installCommand(lack.packages)?.join(' ') ?? `install ${lack.packages.join(' and ')}`
  throw new UserError(`the network mode '${mode}' doesn't work here: ${lack.reason}`, {
    fix: `${install}   (or: --net none)`,
  })
}
