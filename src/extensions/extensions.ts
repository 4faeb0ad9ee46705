import type {
  AgentvmHooks,
  HookName,
  IdentityProvider,
  PluginManifest,
  Profile,
  SandboxBackend,
  SpawnPlan,
} from '@agentvm/sdk'
import { type Checked, IdentitySchema, ProfileSchema, SandboxSchema } from '@agentvm/sdk/schemas'
import type { Config } from '@oclif/core'
import { PluginError, UserError } from '../errors.ts'
import { nearest } from '../system/nearest.ts'
import { isNewer } from '../system/version.ts'
import { visibleLine } from '../terminal/visible.ts'
import { type AmendedPlan, amendPlan } from './amend.ts'
import { checkForeign } from './check-foreign.ts'
import { guarded } from './guard.ts'
import { missingPlugins } from './missing.ts'
import { compareText } from './order.ts'
import type { OwnProfiles } from './own-profiles/own-profiles.ts'
import { listPlugins, type PluginRow } from './plugin-list.ts'
import { HOOK_OF, type Provided, type ProvidedKind, readProvided } from './provided.ts'
import { pluginsWithHook, runHookOf } from './run-hook.ts'
import { type PluginProblem, unreadPlugins } from './unread.ts'

/** Milliseconds that a hook may take. */
export interface HookTimeouts {
  provide: number
  lifecycle: number
}

const LABEL = { profile: 'profile', sandbox: 'sandbox backend', identity: 'identity provider' }
const ID_FIELD = { profile: 'name', sandbox: 'id', identity: 'id' } as const
/** As functions: the schemas take longer to make than a command that needs none of them takes. */
const SCHEMA = { profile: () => ProfileSchema, sandbox: () => SandboxSchema, identity: () => IdentitySchema }

type ByKind = { profile: Profile; sandbox: SandboxBackend; identity: IdentityProvider }
type LifecycleHook = Exclude<
  HookName,
  'agentvm:profiles' | 'agentvm:sandboxes' | 'agentvm:identities' | 'agentvm:spawn:before'
>

/** What the plugins, built in or installed, bring, and the user's own profiles. Each failing plugin is reported once; none can end a command. */
export class Extensions {
  private readonly config: Config
  private readonly warn: (message: string) => void
  private readonly own: OwnProfiles | undefined
  private readonly timeouts: HookTimeouts
  private readonly reported = new Set<string>()
  private readonly found: PluginProblem[] = []
  private read: { offers: Provided[]; declared: Map<string, PluginManifest> } | undefined
  private readonly loaded = new Map<string, Promise<ByKind[ProvidedKind][]>>()

  constructor(
    config: Config,
    warn: (message: string) => void,
    own?: OwnProfiles,
    timeouts: HookTimeouts = { provide: 5_000, lifecycle: 10_000 },
  ) {
    this.config = config
    this.warn = warn
    this.own = own
    this.timeouts = timeouts
  }

  /** Version of agentvm itself. */
  get coreVersion(): string {
    return this.config.version
  }

  /**
   * What there is of one kind, by id. A profile of the user's own hides a plugin's of the same name. Loads no
   * plugin's code and reads no profile.
   */
  list(kind: ProvidedKind): Provided[] {
    const offered = this.offered(kind)
    return kind === 'profile' && this.own
      ? this.own.over(offered, (problem) => this.reportOnce(problem))
      : offered
  }

  /**
   * The profile of that name, the user's own before a plugin's. Throws a {@link UserError} if there is none or the
   * user's file is broken, a {@link PluginError} if its plugin is.
   */
  async profile(name: string): Promise<Profile> {
    const file = this.own?.find(name)
    return this.own && file ? this.own.load(file) : this.one('profile', name)
  }

  /** The sandbox backend of that id. Throws as {@link profile} does. */
  sandbox(id: string): Promise<SandboxBackend> {
    return this.one('sandbox', id)
  }

  /** The identity provider of that id. Throws as {@link profile} does. */
  identity(id: string): Promise<IdentityProvider> {
    return this.one('identity', id)
  }

  /** All sandbox backends whose plugin works, the strongest first. */
  async sandboxes(): Promise<SandboxBackend[]> {
    const settled = await Promise.allSettled(this.list('sandbox').map(({ id }) => this.sandbox(id)))
    return settled
      .flatMap((result) => {
        if (result.status === 'fulfilled') return result.value
        if (result.reason instanceof PluginError) return []
        throw result.reason
      })
      .sort((a, b) => b.rank - a.rank)
  }

  /** Asks the plugins about a plan before it is carried out. Throws a {@link UserError} on a veto. */
  amend(plan: SpawnPlan): Promise<AmendedPlan> {
    return amendPlan(this.config, plan, this.limits('lifecycle'))
  }

  /** Tells the plugins what has happened. Failures are reported, never thrown. */
  async notify<Name extends LifecycleHook>(
    hook: Name,
    options: AgentvmHooks[Name]['options'],
  ): Promise<void> {
    await Promise.all(
      pluginsWithHook(this.config, hook).map(async (plugin) => {
        const outcome = await runHookOf(this.config, plugin, hook, options, this.limits('lifecycle'))
        if (outcome && !outcome.ok) this.report(plugin, `${hook}: ${outcome.error.message}`)
      }),
    )
  }

  /** Built-in plugins that are declared and not installed. */
  missing(): string[] {
    return missingPlugins(this.config)
  }

  /** Plugins of the user's that are older than the built-in ones that they are in the place of. */
  outdated(): PluginRow[] {
    return listPlugins(this.config).filter(
      ({ version, replaces_version: builtIn }) => builtIn !== null && isNewer(builtIn, version),
    )
  }

  /** Loads all that the plugins offer, and returns what is wrong with it, and with plugins that couldn't even be read. */
  async problems(): Promise<PluginProblem[]> {
    const kinds: ProvidedKind[] = ['profile', 'sandbox', 'identity']
    await Promise.all(
      kinds.flatMap((kind) => this.offered(kind).map(({ plugin }) => this.load(kind, plugin))),
    )
    return [...this.found, ...unreadPlugins(this.config)]
  }

  /** What the plugins offer of one kind, by id. */
  private offered(kind: ProvidedKind): Provided[] {
    this.read ??= readProvided(this.config, (plugin, problem) => this.report(plugin, problem))
    return this.read.offers.filter((offer) => offer.kind === kind).sort((a, b) => compareText(a.id, b.id))
  }

  private async one<Kind extends ProvidedKind>(kind: Kind, id: string): Promise<ByKind[Kind]> {
    const offer = this.offered(kind).find((candidate) => candidate.id === id)
    if (!offer) throw this.unknown(kind, id, this.list(kind))
    const values = await this.load(kind, offer.plugin)
    const idField = ID_FIELD[kind]
    const value = values.find((candidate) => (candidate as unknown as Record<string, string>)[idField] === id)
    if (value) return value as ByKind[Kind]
    throw new PluginError(
      offer.plugin,
      `its ${LABEL[kind]} '${id}' can't be used; reinstall or update the plugin, or uninstall it: agentvm plugins uninstall ${offer.plugin}`,
    )
  }

  /** Loads what one plugin provides of one kind, once. */
  private load(kind: ProvidedKind, plugin: string): Promise<ByKind[ProvidedKind][]> {
    const key = `${kind} ${plugin}`
    const loading = this.loaded.get(key) ?? this.provide(kind, plugin)
    this.loaded.set(key, loading)
    return loading
  }

  private async provide(kind: ProvidedKind, plugin: string): Promise<ByKind[ProvidedKind][]> {
    const hook = HOOK_OF[kind]
    const outcome = await runHookOf(this.config, plugin, hook, {}, this.limits('provide'))
    if (!outcome) {
      this.report(plugin, `declares a ${LABEL[kind]} but has no hook ${hook} (package.json "oclif.hooks")`)
      return []
    }
    if (!outcome.ok) {
      this.report(plugin, `${hook}: ${outcome.error.message}`)
      return []
    }
    if (!Array.isArray(outcome.value)) {
      this.report(plugin, `${hook} must return an array`)
      return []
    }
    return outcome.value.flatMap((value: unknown, index) => this.valid(kind, plugin, value, index))
  }

  private valid(kind: ProvidedKind, plugin: string, value: unknown, index: number): ByKind[ProvidedKind][] {
    const checked = this.checked(kind, plugin, value)
    if (!checked.ok) {
      const which = idIn(value, ID_FIELD[kind]) ?? `number ${index + 1}`
      this.report(plugin, `${LABEL[kind]} ${which}: ${checked.problems.join('; ')}`)
      return []
    }
    const id = (checked.value as Record<string, string>)[ID_FIELD[kind]] ?? ''
    if (!this.offered(kind).some((offer) => offer.id === id)) {
      this.report(plugin, `returns the ${LABEL[kind]} '${id}' without declaring it (package.json "agentvm")`)
    }
    const result = checked.value as ByKind[ProvidedKind]
    return [kind === 'profile' || this.isBuiltIn(plugin) ? result : guarded(plugin, result)]
  }

  /** Built-in ones have passed their check, by the conformance kit: making a schema takes as long as loading the plugin. */
  private checked(kind: ProvidedKind, plugin: string, value: unknown): Checked<unknown> {
    return this.isBuiltIn(plugin) ? { ok: true, value } : checkForeign(SCHEMA[kind](), value)
  }

  private isBuiltIn(plugin: string): boolean {
    return this.config.plugins.get(plugin)?.type === 'core'
  }

  private limits(kind: keyof HookTimeouts) {
    return {
      timeoutMs: this.timeouts[kind],
      warn: (plugin: string, problem: string) => this.report(plugin, problem),
    }
  }

  private unknown(kind: ProvidedKind, id: string, offers: Provided[]): UserError {
    const ids = offers.map((offer) => offer.id)
    const suggestion = nearest(id, ids)
    const absent = this.missing().find((name) => name.endsWith(`-${id}`))
    return new UserError(
      absent
        ? `the ${LABEL[kind]} '${id}' is not installed: ${absent} is missing from this agentvm`
        : `there is no ${LABEL[kind]} '${id}'`,
      {
        fix: absent
          ? `agentvm plugins install ${absent}`
          : suggestion
            ? `did you mean '${suggestion}'?`
            : `there are: ${ids.join(', ') || 'none'}`,
      },
    )
  }

  private report(plugin: string, problem: string): void {
    const message = `plugin ${plugin}: ${problem}`
    if (!this.reported.has(message)) this.found.push({ plugin, problem })
    this.reportOnce(message)
  }

  private reportOnce(message: string): void {
    if (this.reported.has(message)) return
    this.reported.add(message)
    this.warn(message)
  }
}

/** The id that an invalid value says, fit for a terminal. */
function idIn(value: unknown, field: string): string | undefined {
  try {
    const id = (value as Record<string, unknown> | undefined)?.[field]
    return typeof id === 'string' ? visibleLine(id.slice(0, 64)) : undefined
  } catch {
    return undefined
  }
}
