import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Profile, SandboxBackend, SandboxPolicy, SpawnPlan } from '@agentvm/sdk'
import { UserError } from '../../errors.ts'
import { insidePaths } from '../../policy/build-policy.ts'
import { choosePolicy, type Layer, type PolicyWishes } from '../../policy/choices.ts'
import { agentEnvironment, missingVariables } from '../../policy/environment.ts'
import type { ResolvedProgram } from '../../policy/program.ts'
import { profileMounts, userMounts } from '../../policy/user-mounts.ts'
import { shortly } from '../../system/shortly.ts'
import { conversationOf } from '../activity/own-events.ts'
import { findAgentProgram, installCommand } from '../clis/find-program.ts'
import { warnOfOldVersion } from '../clis/version.ts'
import type { Context } from '../context.ts'
import {
  type ChosenIdentity,
  chooseIdentity,
  type IdentityRequest,
  identityEnvironment,
} from '../identity/choose-identity.ts'
import type { EarlierIdentity } from '../identity/identity-state.ts'
import { chooseNetwork, type NetworkRequest } from '../network/choose-network.ts'
import { seedRemotes } from '../network/seed-remotes.ts'
import { type SpawnFacts, secretsOf, spawnFacts } from '../state/spawn-facts.ts'
import { chooseSandbox } from './choose-sandbox.ts'
import { agentCommand } from './command-line.ts'
import { planSources, settingsWishes } from './policy-wishes.ts'
import { planSeed, type Seed, type SeedRequest } from './seed.ts'

/** What the user asks for. */
export interface SpawnRequest extends IdentityRequest {
  name: string
  profile: string | undefined
  /** argv after `--`. */
  command: string[] | undefined
  tags: Record<string, string>
  /** Values of `-e`. */
  env: readonly string[]
  /** The first prompt's text. */
  prompt: string | undefined
  /** What the workspace is to be filled with. */
  seed?: SeedRequest
  /** Continue the agent's last conversation, where its profile can, instead of giving the prompt. */
  resume?: boolean
  sandbox: string | undefined
  network: SandboxPolicy['network']['mode'] | undefined
  /** Values of `--allow`. */
  allow: readonly string[]
  readOnly: readonly string[]
  readWrite: readonly string[]
  /** What the flags say of limits and protection. */
  wishes: PolicyWishes
  /** Rather not start than without a limit that was asked for. */
  requireLimits: boolean
  /** Autonomous flags even where nothing isolates. */
  unsafe: boolean
  /** A pane, or the caller's streams (`run`). */
  tty: boolean
  /** `run`: have the CLI print its structured output, where its profile can read that. */
  structured?: boolean
}

/** What will happen, as a value; nothing has been changed yet. */
export interface PreparedSpawn {
  plan: SpawnPlan
  backend: SandboxBackend
  /** Who gives the agent its identity, if it gets one. */
  identity: ChosenIdentity | undefined
  profile: Profile | undefined
  program: ResolvedProgram | undefined
  /** argv after `--`, as the state file keeps it. */
  command: string[] | undefined
  /** What the record keeps of the request. */
  asked: SpawnFacts
  /** Values that `-e` gave. */
  secrets: Record<string, string>
  /** Text to type once the agent runs, where the prompt isn't an argument. */
  typedPrompt: string | undefined
  /** Text for standard input (`run`). */
  stdinPrompt: string | undefined
  tty: boolean
  /** What the flags said of limits and protection: kept for a restart. */
  wishes: PolicyWishes
  /** Rather not start than without a limit that was asked for. */
  required: boolean
  /** By field of the policy: which layer decided it. */
  sources: Record<string, Layer>
  /** Targets that stay closed whatever opens them. */
  revoked: string[]
  /** What the workspace is filled with before. */
  seed: Seed | undefined
  /** Which plugin changed which fields of the plan. */
  changes: { plugin: string; fields: string[] }[]
}

/** Where the agent's files are to lie. */
export interface AgentPlaces {
  id: string
  workspace: string
  home: string
  /** The identity that the agent has had. */
  identity: EarlierIdentity
  /** The hosts that it could reach before, and those that were closed, where it is started again. */
  earlier: NetworkRequest['earlier']
}

/** Turns a request into a plan: chooses the backend, resolves the program, fills in the environment, asks the plugins. */
export async function prepareSpawn(
  context: Context,
  request: SpawnRequest,
  places: AgentPlaces,
): Promise<PreparedSpawn> {
  refuseUnknownSettings(context)
  const seed = planSeed(context.home, request.seed ?? {}, request.name, places.workspace)
  const profileName = request.profile ?? (request.command ? undefined : context.settings.defaultProfile)
  const profile = profileName ? await context.extensions.profile(profileName) : undefined
  const backend = await chooseSandbox(context, request.sandbox)
  const identity = await chooseIdentity(context, request, places.identity)
  const remotes = await seedRemotes(seed)
  const network = chooseNetwork(context, backend, profile, { ...request, earlier: places.earlier, remotes })
  if (profile && network.mode === 'allowlist' && network.allow.length === 0) {
    context.warn(
      `the profile '${profile.name}' names no hosts: the agent reaches none. --allow HOST opens one`,
    )
  }
  const autonomous = backend.capabilities.isolates || request.unsafe
  const said = { ...places, profile: profile?.name, command: request.command }
  const conversation = request.resume ? await conversationOf(context, said) : undefined
  const line = agentCommand({ ...request, profile, autonomous, conversation })
  const program = findProgram(context, line.program, profile)
  if (profile && program && !request.command) await warnOfOldVersion(context, profile, program)
  const inside = insidePaths(backend, places)
  const opened = openedByProfile(context, profile)
  const env = agentEnvironment(
    {
      home: inside.home,
      pathDirs: [...(program?.pathDirs ?? []), ...opened.pathDirs],
      tty: request.tty,
      proxied: network.mode === 'allowlist',
      id: places.id,
      name: request.name,
    },
    profile,
    { flags: request.env, file: context.envFile(), caller: context.caller },
  )
  if (identity) {
    const sockets = context.home.proxySocketDir(places.id)
    const variables = identityEnvironment(identity, backend, sockets, inside.home)
    for (const [name, value] of Object.entries(variables)) env[name] ??= value
  }
  warnOfMissing(context, profile, env, [places.home, context.caller.HOME ?? '/'])
  const choices = choosePolicy([
    ['config', settingsWishes(context.settings)],
    ['profile', profile?.policy ?? {}],
    ['flag', request.wishes],
  ])
  const { plan, changes } = await context.extensions.amend({
    name: request.name,
    ...(profile ? { profile: profile.name } : {}),
    sandbox: backend.id,
    ...(identity ? { identity: identity.provider.id } : {}),
    command: line.argv,
    env,
    readOnly: [...opened.readOnly, ...userMounts(request.readOnly, '--ro', context.home.root)],
    readWrite: [...opened.readWrite, ...userMounts(request.readWrite, '--rw', context.home.root)],
    tags: request.tags,
    ...(request.prompt === undefined ? {} : { prompt: request.prompt }),
    network: network.mode,
    allow: network.allow,
    limits: choices.limits,
    protect: choices.protect,
    gitConfig: choices.gitConfig,
    helpers: [],
  })
  const { command, tty, wishes } = request
  const required = request.requireLimits || context.settings.requireLimits
  const networkLayer = request.network ? 'flag' : context.settings.net ? 'config' : 'default'
  const sources = planSources(choices, plan, networkLayer)
  return {
    plan,
    backend,
    identity,
    profile,
    program,
    command,
    ...line.prompts,
    tty,
    revoked: network.revoked,
    wishes,
    asked: spawnFacts(request),
    secrets: secretsOf(request),
    required,
    sources,
    seed,
    changes,
  }
}

/** A mistyped key must not leave a protection off. */
function refuseUnknownSettings({ settings, home }: Context): void {
  const [problem] = settings.warnings
  if (problem) throw new UserError(problem, { fix: `mend ${home.configFile}`, exitCode: 2 })
}

/** Finds the agent's program on the host. One that lies in the workspace, or is given by a relative path, is the agent's own affair. */
function findProgram(
  context: Context,
  command: string,
  profile: Profile | undefined,
): ResolvedProgram | undefined {
  if (command.includes('/') && (!command.startsWith('/') || command.startsWith('/workspace/')))
    return undefined
  const found = shortly(context, `program ${command} ${profile?.name}`, () =>
    findAgentProgram(context, command, profile),
  )
  if (!('missing' in found)) return found
  if (found.missing === 'not-executable') {
    throw new UserError(`'${command}' can't be executed`, { fix: `chmod +x ${command}`, exitCode: 126 })
  }
  throw new UserError(
    profile
      ? `${profile.label} is not installed: there is no '${command}' on your PATH`
      : `there is no '${command}' on your PATH`,
    { exitCode: 127, fix: profile ? installCommand(profile) : 'install it, or give its absolute path' },
  )
}

/** The host paths that the profile opens, and which of them the user has on the PATH. */
function openedByProfile(context: Context, profile: Profile | undefined) {
  if (!profile) return { readOnly: [], readWrite: [], pathDirs: [] }
  const { name } = profile
  const readOnly = profileMounts(profile.readOnly, name, context.home.root)
  const readWrite = profileMounts(profile.readWrite, name, context.home.root, (path) =>
    context.warn(`the profile '${name}' opens ${path}, which isn't there: the agent can't write it`),
  )
  const onPath = new Set((context.caller.PATH ?? '').split(':'))
  const pathDirs = readOnly.map(({ target }) => target).filter((path) => onPath.has(path))
  return { readOnly, readWrite, pathDirs }
}

function warnOfMissing(
  context: Context,
  profile: Profile | undefined,
  env: Record<string, string>,
  homes: readonly string[],
): void {
  if (!profile) return
  // What lies in the user's home is copied into the agent's, if the profile says so.
  const lack = missingVariables(profile, env, (path) => homes.some((home) => existsSync(join(home, path))))
  if (lack) context.warn(`${lack}, and neither the env file nor your shell has it: agentvm env set NAME`)
}
