import type { LimitName, NetworkPolicy, SandboxPolicy } from './policy.ts'

/** What a backend enforces, so that the core can refuse or warn about the rest. */
export interface SandboxCapabilities {
  /** False for a backend that runs the agent with all rights of the user. The core then drops the profile's autonomous flags. */
  isolates: boolean
  /** Whether paths can be shown at another place (workspace at `/workspace`). If not, every target equals its source. */
  relocatesPaths: boolean
  /** Network modes that really hold. A mode that isn't listed is refused at spawn. */
  network: NetworkPolicy['mode'][]
  /**
   * Network modes of `network` that this machine lacks something for. The core refuses them with the fix: it doesn't
   * fall back to a mode that is more open. Missing: there are none.
   */
  networkLacks?: NetworkLack[]
  /** Limits that the backend itself keeps. The core bounds the launcher and its children: a backend that starts the agent elsewhere has to list memory, processes and cpus, and keep them. */
  limits: LimitName[]
  /** `contained`: nothing of an agent outlives it. `best-effort`: a process that detaches itself may. */
  processes: 'contained' | 'best-effort'
  /** Whether the workspace of a running agent may be renamed on the host (a live `agentvm rename`). */
  relocatable: boolean
}

/** What a machine lacks for a network mode. */
export interface NetworkLack {
  /** The mode. */
  mode: NetworkPolicy['mode']
  /** What is missing, one plain sentence without a full stop. */
  reason: string
  /** Packages of the system that bring it. */
  packages: string[]
}

/** Whether a backend can work on this machine. */
export type ProbeResult =
  | {
      ok: true
      /** The version of what enforces, such as `bubblewrap 0.8.0`. */
      version?: string
    }
  | {
      ok: false
      /** Why not, one plain sentence without a full stop. */
      reason: string
      /** What the user can do, as a command where there is one. */
      fix?: string
    }

/** A file that the core writes into the agent's private run folder (mode 0600) before the launcher starts. */
export interface LaunchFile {
  /** A plain file name: `^[a-z0-9][a-z0-9.-]*$`. */
  name: string
  /** The whole content. It may hold secrets if the file is passed by {@link LaunchFd}: the launcher then unlinks it as soon as it is open. */
  content: string | Uint8Array
}

/** A file of {@link WrappedCommand.files} that the launcher opens for reading on a descriptor, then unlinks. */
export interface LaunchFd {
  /** Descriptor number, 3 to 9: POSIX sh takes one digit. */
  fd: number
  /** The `name` of the file. */
  file: string
}

/** What to run, and how the launcher must start it. argv is never joined into a shell string by anyone. */
export interface WrappedCommand {
  /** The program (an absolute host path) and its arguments. Anybody on the host can read these: no secret may be here. */
  argv: [string, ...string[]]
  /** The environment of `argv[0]`, exactly. It isn't visible to other users; it is to the processes inside unless the backend clears it. */
  env: Record<string, string>
  /** Files to write first. */
  files: LaunchFile[]
  /** Descriptors to open for it. Every other one above 2 is closed. */
  fds: LaunchFd[]
  /**
   * Signals to ignore when `argv[0]` starts, because its own processes share the agent's process group and must
   * survive Ctrl-C. The backend restores the default for the agent's command itself.
   */
  ignoreSignals: ('INT' | 'QUIT')[]
  /**
   * A descriptor (3 to 9) on which the backend's program reports progress. If `startedWhen` hasn't been written to it
   * by the time the program ends, the sandbox failed before the command began, and the exit code is 125.
   */
  status?: { fd: number; startedWhen: string }
}

/**
 * The processes of one agent, for backends whose processes aren't children of the launcher. The core finds those by
 * `AGENTVM_AGENT_ID` in the environment that they were started with: a backend that brings the environment in by
 * another way sets that one all the same.
 */
export interface SandboxHandle {
  /** The agent's id. */
  agentId: string
  /** Pid of the launcher on the host. */
  pid: number
}

/** Figures of one running agent. */
export interface SandboxStats {
  /** Resident memory, bytes. */
  memory: number
  /** Number of processes. */
  processes: number
  /** CPU time used since the start, seconds. */
  cpuSeconds: number
}

/** One way to enforce a {@link SandboxPolicy}: bubblewrap, Seatbelt, a container runtime, a remote machine. */
export interface SandboxBackend {
  /** Unique name, used by `--sandbox` and in the state file: `^[a-z][a-z0-9-]*$`. */
  id: string
  /** A name for people, such as `bubblewrap`. */
  label: string
  /** Systems that it can work on, in the words of `process.platform`. */
  platforms: string[]
  /** Automatic choice takes the working backend with the highest rank: 100 a strong native one, 0 none at all. */
  rank: number
  /** What it enforces. */
  capabilities: SandboxCapabilities
  /** Says whether it can work here, really trying where that is cheap (under 100 ms). Called at spawn, by `sandboxes` and `doctor`. Must not throw: a throw counts as `ok: false`. */
  probe(): Promise<ProbeResult>
  /**
   * What of this machine the answer of {@link probe} depends on, as text: the program with its version or time, settings
   * of the kernel. Must be quick and start no program. Where it is there, a spawn believes a good answer until the
   * machine boots or this text changes, instead of asking again; `doctor` and `sandboxes` always ask.
   */
  probeDependsOn?(): string
  /**
   * Makes on the host what the wrapped command refers to by path, such as a container's root, in a private and empty
   * folder of this start's own (mode 0700). Called after `wrap` and before the launcher; the core removes the folder
   * when the agent's run folder goes. Throws an `Error` on a policy that it can't enforce.
   */
  prepare?(policy: SandboxPolicy, folder: string): Promise<void>
  /**
   * Turns policy and command into what to run. Pure: same input, same output, no file or process touched. `folder` is
   * the absolute path of what {@link prepare} fills. Throws an `Error` on a policy that it can't enforce.
   */
  wrap(policy: SandboxPolicy, command: readonly string[], folder?: string): WrappedCommand
  /** Ends processes that aren't children of the launcher. Called by `kill` once the grace is over, and at the end of `run`. */
  stop?(handle: SandboxHandle): Promise<void>
  /** Figures of processes that aren't children of the launcher. Called by `ps` and `info`. */
  stats?(handle: SandboxHandle): Promise<SandboxStats>
  /** Removes what an ended agent left outside `$AGENTVM_HOME`. Called when an agent vanished or its start is taken back. Must bear that there is nothing. */
  reap?(agentId: string): Promise<void>
}
