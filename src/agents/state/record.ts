import type { AllowedHost } from '@agentvm/sdk'
import type { PolicyWishes } from '../../policy/choices.ts'
import type { Placeholder } from '../../policy/protect/placeholders.ts'
import type { SpawnFacts } from './spawn-facts.ts'

/** One agent as its state file holds it. The state file's keys are in `state-file.ts`. */
export interface AgentRecord {
  /** Immutable short id, `^[a-z0-9]{8}$`. An agent made by the bash tool has none: its name stands in. */
  id: string
  name: string
  /** Host path of the workspace. */
  workspace: string
  /** Whether agentvm made the workspace folder: only then may it be moved, trashed or deleted. */
  workspaceOwned: boolean
  /** Host path of the agent's home. */
  home: string
  /** Profiles whose state has been copied into the home. */
  seeded: string[]
  /** Backend id. */
  sandbox: string
  profile: string | undefined
  /** argv after `--`, or undefined if the profile's own command runs. */
  command: string[] | undefined
  tags: Record<string, string>
  /** ISO 8601 UTC, seconds. */
  createdAt: string
  /** tmux session name, `agentvm-<name>`. Empty for a run without a terminal. */
  session: string
  /** tmux socket path. Empty: the user's default server (bash tool), or no terminal. */
  socket: string
  logFile: string
  /** What the workspace was filled with: a folder of the user's, or an address (without credentials) and its branch, tag or commit. */
  fromDir: string | undefined
  fromGit: string | undefined
  fromGitRef: string | undefined
  promptFile: string | undefined
  gitlawb: boolean
  did: string | undefined
  /** What the user asked for besides. */
  asked: SpawnFacts
  network: 'host' | 'none' | 'allowlist'
  /** What the flags said of limits and protection; a restart says it again. */
  wishes: PolicyWishes
  /** Names in the workspace, when the agent was made, from which host programs run commands; undefined before its first start by this version. */
  hostExecuted: string[] | undefined
  /** What was put into its folders so that it can't be made there. Removed when it ends. */
  placeholders: Placeholder[]
  /** Hosts that it may reach, where the network is `allowlist`. */
  allow: AllowedHost[]
  /** Targets (`HOST[:PORT]`) that `agentvm net --revoke` closed: they stay closed when it is started again. */
  revoked: string[]
  /** Folders of the control group that bounds it; removed when it ends. */
  cgroup: string[]
  /** Pid of the launcher (or of the run's own process); 0 before it starts. */
  pid: number
  /** Start time of that pid, as `processStart` gives it. A pid alone is not an identity. */
  pidStart: string
  /** Boot that `pid` belongs to. */
  bootId: string
  /** `pid:start` of the agentvm process that is starting it; kept after, to tell an unfinished start. */
  spawner: string
  /** Set once the end has been seen. */
  exitCode: number | undefined
  endedAt: string | undefined
  endReason: EndReason | undefined
  /** Keys of newer versions or other tools, kept as they are. */
  extra: Record<string, string>
}

/**
 * How an agent ended. `out-of-memory` and `process-limit`: it failed after its memory bound had made the kernel kill
 * something of it, or its process bound had made forks fail. `lost`: nobody recorded it.
 */
export type EndReason = 'exited' | 'out-of-memory' | 'process-limit' | 'killed' | 'lost'
