export type { ActivityRule, ActivityRules, ActivityState, InputBox, ScreenRegion } from './activity.ts'
export { defineHook, defineIdentity, defineProfile, defineSandbox } from './define.ts'
export { didKeyOf, publicKeyOf } from './did-key.ts'
export { addEventHooks, type EventHook, hookEvents } from './event-hooks.ts'
export type { EventRule, EventSource, SessionSource } from './events.ts'
export type { AgentvmHooks, HookFunction, HookName } from './hooks.ts'
export type {
  GitSetting,
  IdentityMode,
  IdentityProvider,
  IdentitySubject,
  PastKey,
  ProvisionedIdentity,
} from './identity.ts'
export { jsonAt, jsonList, jsonNumber, jsonText, sumOf } from './json-fields.ts'
export type { AgentSummary, Helper, LifecycleEvents, SpawnAmendment, SpawnPlan } from './lifecycle.ts'
export { API_VERSION, type PluginManifest } from './manifest.ts'
export { type JsonValue, mergeJson } from './merge-json.ts'
export type {
  AllowedHost,
  LimitName,
  Limits,
  Mount,
  NetworkPolicy,
  PolicySymlink,
  ProxyEndpoint,
  SandboxPolicy,
  SandboxUser,
  SyntheticFile,
} from './policy.ts'
export type {
  HeadlessMode,
  InstallHint,
  Profile,
  ProfileEnv,
  ProfileHosts,
  ProfilePolicy,
  ProfileState,
  ProfileVersions,
  PromptDelivery,
  ResumeArgs,
  SetupContext,
  SetupFile,
} from './profile.ts'
export type { HeadlessEvents, RunEvent } from './run-events.ts'
export type {
  LaunchFd,
  LaunchFile,
  NetworkLack,
  ProbeResult,
  SandboxBackend,
  SandboxCapabilities,
  SandboxHandle,
  SandboxStats,
  WrappedCommand,
} from './sandbox.ts'
export { readStreamJson } from './stream-json.ts'
