import type { AllowedHost, Limits, Mount } from './policy.ts'
import type { ProfilePolicy } from './profile.ts'

/** A host-side process that the launcher starts before the agent and ends with it. */
export interface Helper {
  /** Unique within the agent: `^[a-z][a-z0-9-]*$`. */
  name: string
  /** The program (absolute path) and its arguments. */
  argv: [string, ...string[]]
  /** The helper is ready when this path exists. */
  ready: string
  /** The folder of its socket: it is the folder that is mounted, since a bound socket stays dead after a restart. */
  socketDir: string
}

/**
 * What a spawn is going to do, before any effect. `agentvm spawn --dry-run` prints it.
 * A plugin may change the fields marked *amendable* by what it returns from `agentvm:spawn:before`.
 */
export interface SpawnPlan {
  /** The agent's name. */
  name: string
  /** The profile's name, if there is one. */
  profile?: string
  /** The sandbox backend's id. */
  sandbox: string
  /** The command inside the sandbox, argument by argument. Amendable. */
  command: string[]
  /** Names and values of the environment. Amendable. Values are secrets. */
  env: Record<string, string>
  /** Host paths that become readable. Amendable. */
  readOnly: Mount[]
  /** Host paths that become writable. Amendable. */
  readWrite: Mount[]
  /** Tags. Amendable. */
  tags: Record<string, string>
  /** The first prompt, if there is one. Amendable. */
  prompt?: string
  /** Network mode. */
  network: 'host' | 'none' | 'allowlist'
  /** Upper bounds. Amendable: what is given overrules, what is left out stays. */
  limits: Limits
  /** What of the host's programs' configuration is kept from the agent, see {@link ProfilePolicy}. */
  protect: NonNullable<ProfilePolicy['protect']>
  /** Whether the agent may change `.git/config` of a repository that it was given. */
  gitConfig: NonNullable<ProfilePolicy['gitConfig']>
  /** The provider of the agent's identity; none if it gets none. */
  identity?: string
  /** Hosts that it may reach, where the network is `allowlist`; empty otherwise. Amendable. */
  allow: AllowedHost[]
  /** Host-side processes. Amendable. */
  helpers: Helper[]
}

/** What `agentvm:spawn:before` may change: each given field replaces the plan's. */
export type SpawnAmendment = Partial<
  Pick<
    SpawnPlan,
    'command' | 'env' | 'readOnly' | 'readWrite' | 'tags' | 'prompt' | 'allow' | 'limits' | 'helpers'
  >
>

/** An agent, as lifecycle hooks see it. No secrets. */
export interface AgentSummary {
  /** Immutable id. */
  id: string
  /** Name now. */
  name: string
  /** Host path of the workspace. */
  workspace: string
  /** Profile name, if there is one. */
  profile?: string
  /** Backend id. */
  sandbox: string
  /** Tags. */
  tags: Record<string, string>
}

/**
 * The lifecycle events. Each is also a line in `$AGENTVM_HOME/events.jsonl`.
 *
 * - `agentvm:spawn:before` runs on the pure plan; may return a {@link SpawnAmendment}; a throw is a veto and stops
 *   the spawn with nothing left behind. The others observe: what they return is ignored, a throw is one warning.
 * - `agentvm:spawn:after` runs when the agent's process has been started.
 * - `agentvm:exit` runs when agentvm first sees that an agent has ended, in whichever command that is.
 * - `agentvm:kill`, `agentvm:rename`, `agentvm:clean` run after the fact.
 */
export interface LifecycleEvents {
  /** The plan as it stands. A copy: changing it changes nothing. */
  'agentvm:spawn:before': { plan: SpawnPlan }
  /** The agent that runs now. */
  'agentvm:spawn:after': { agent: AgentSummary }
  /** The agent that has ended, and how. */
  'agentvm:exit': {
    agent: AgentSummary
    /** The exit code, or null if nobody could record it. */
    exitCode: number | null
    /**
     * `exited`: it ended by itself; `out-of-memory`, `process-limit`: by itself, after it had run against that bound.
     * `killed`: agentvm ended it. `lost`: it vanished.
     */
    reason: 'exited' | 'out-of-memory' | 'process-limit' | 'killed' | 'lost'
  }
  /** The agent that was ended. */
  'agentvm:kill': { agent: AgentSummary }
  /** The agent with its new name, and the name that it had. */
  'agentvm:rename': { agent: AgentSummary; from: string }
  /** The agent that was removed. Its files may be gone. */
  'agentvm:clean': { agent: AgentSummary }
}
