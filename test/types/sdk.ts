// What the compiler takes of a plugin, and what it doesn't. Nothing runs: the check of types is the test.
import {
  type AgentvmHooks,
  API_VERSION,
  defineHook,
  defineIdentity,
  defineProfile,
  defineSandbox,
  type IdentityProvider,
  type PluginManifest,
  type Profile,
  type SandboxPolicy,
  type SpawnAmendment,
} from '@agentvm/sdk'
import {
  ActivitySchema,
  AmendmentSchema,
  CaptureSchema,
  check,
  IdentitySchema,
  ManifestSchema,
  NetworkSchema,
  OwnProfileSchema,
  PlanSchema,
  PolicySchema,
  ProbeSchema,
  ProfileSchema,
  ProvisionedSchema,
  SandboxSchema,
  SetupSchema,
  WrappedSchema,
} from '@agentvm/sdk/schemas'
import {
  identityConformance,
  pluginConformance,
  profileConformance,
  sandboxConformance,
} from '@agentvm/sdk/testing'

/** The least that each contract asks for. */
const least = {
  ...{ name: 'x', label: 'X', command: ['x'] as [string], autonomousArgs: [], tools: [] },
  prompt: { via: 'typed' as const },
  env: { anyOf: [], allOf: [], optional: [], set: {} },
  hosts: { required: [], login: [], optional: [] },
  state: { copy: [], never: [] },
  ...{ versions: { args: [] }, install: { hint: 'x' } },
}
const profile: Profile = defineProfile(least)
defineProfile({ ...least, setup: async ({ env }) => [{ path: '.x', content: env('X') ?? '' }] })
// @ts-expect-error a command is not empty
defineProfile({ ...least, command: [] })
// @ts-expect-error there is no such field
defineProfile({ ...least, colour: 'red' })
// @ts-expect-error a prompt as an argument needs the arguments
defineProfile({ ...least, prompt: { via: 'argument' } })
// @ts-expect-error a setup returns files
defineProfile({ ...least, setup: async () => 'x' })
// @ts-expect-error no rule can find that the state is unknown
defineProfile({ ...least, activity: { rules: [{ id: 'x', state: 'unknown', in: 'title', match: 'x' }] } })

const capabilities = {
  ...{ isolates: false, relocatesPaths: false, network: ['host' as const], limits: [] },
  ...{ processes: 'best-effort' as const, relocatable: false },
}
const backend = defineSandbox({
  ...{ id: 'x', label: 'X', platforms: ['linux'], rank: 0, capabilities },
  probe: async () => ({ ok: true }),
  wrap: ({ env }, [program = 'x', ...args]) => ({
    ...{ argv: [program, ...args], env, files: [], fds: [], ignoreSignals: [] },
  }),
})
// @ts-expect-error a network has to be one of three
defineSandbox({ ...backend, capabilities: { ...capabilities, network: ['all'] } })
// @ts-expect-error why it doesn't work has to be said
defineSandbox({ ...backend, probe: async () => ({ ok: false }) })
// @ts-expect-error what to run is a list of words, not a line for a shell
defineSandbox({ ...backend, wrap: () => ({ ...backend.wrap({} as SandboxPolicy, []), argv: 'x y' }) })

declare const provider: IdentityProvider
defineIdentity({ ...provider, provision: async () => ({ did: 'did:x:y', registered: true }) })
// @ts-expect-error whether the network knows it has to be said
defineIdentity({ ...provider, provision: async () => ({ did: 'did:x:y' }) })

defineHook('agentvm:profiles', () => [profile])
defineHook('agentvm:sandboxes', async () => [backend])
defineHook('agentvm:spawn:before', ({ plan }) => ({ tags: { ...plan.tags, a: 'b' } }))
defineHook('agentvm:spawn:before', () => undefined)
defineHook('agentvm:exit', ({ agent, exitCode }) => void `${agent.name} ${exitCode ?? 'lost'}`)
// @ts-expect-error there is no such hook
defineHook('agentvm:spawn', () => undefined)
// @ts-expect-error profiles come in a list
defineHook('agentvm:profiles', () => profile)
// @ts-expect-error the sandbox of a plan can't be changed
defineHook('agentvm:spawn:before', () => ({ sandbox: 'none' }) as const satisfies SpawnAmendment)
// @ts-expect-error an agent in an event has no secrets
defineHook('agentvm:exit', ({ agent }) => void agent.env)

const manifest: PluginManifest = { apiVersion: API_VERSION, profiles: ['x'] }
// @ts-expect-error a manifest names its version of the API
const unversioned: PluginManifest = { profiles: ['x'] }

const framework = { describe: (_: string, body: () => void) => body(), it: () => undefined }
profileConformance(profile, framework)
sandboxConformance(backend, framework)
identityConformance(provider, framework)
pluginConformance(new URL('..', import.meta.url), framework)
// @ts-expect-error a kit needs a place for its tests
profileConformance(profile, {})

const checked = check(ProfileSchema, manifest)
export const checkedName: string = checked.ok ? checked.value.name : checked.problems.join()

/** The schemas are stable by name. */
export const schemas = [
  ...[ActivitySchema, AmendmentSchema, CaptureSchema, IdentitySchema, ManifestSchema, NetworkSchema],
  ...[OwnProfileSchema, PlanSchema, PolicySchema, ProbeSchema, ProfileSchema, ProvisionedSchema],
  ...[SandboxSchema, SetupSchema, WrappedSchema],
]
export type Hooks = AgentvmHooks[keyof AgentvmHooks]
export { unversioned }
