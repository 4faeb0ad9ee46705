/** A host path shown to the agent at `target`. With a backend that can't move paths the two are equal. */
export interface Mount {
  /** Absolute path on the host. It exists when the policy is made; symlinks in it are already resolved. */
  source: string
  /** Absolute path inside the sandbox. */
  target: string
}

/** A symlink that exists inside the sandbox only, such as `/bin` → `usr/bin` or a linked `claude`. */
export interface PolicySymlink {
  /** Absolute path of the link inside the sandbox. */
  path: string
  /** What the link says, absolute or relative to the link's folder, exactly as `readlink` gives it. */
  target: string
}

/** A small file that agentvm makes up for the sandbox, such as a `passwd` with the agent's user only. */
export interface SyntheticFile {
  /** Absolute path inside the sandbox. */
  path: string
  /** The whole content. Never a secret: secrets travel in `env` or lie in the agent's home. */
  content: string
}

/** One host and port of a network allow-list. */
export interface AllowedHost {
  /** A DNS name in lower case, or `*.` and a DNS name for its subdomains. Never an IP address. */
  host: string
  /** TCP port, 1 to 65535. */
  port: number
  /** Whether the name may lead to a private, loopback or link-local address. False if missing. */
  private?: boolean
  /** Where the rule comes from, for people: `profile codex`, `AGENTVM_ALLOW`, `--allow @npm`. */
  from?: string
}

/** How an agent under an allow-list reaches agentvm's proxy, which speaks HTTP (CONNECT and plain) and SOCKS5. */
export interface ProxyEndpoint {
  /** Path of the proxy's unix socket inside the sandbox, in one of the folders of {@link SandboxPolicy.sockets}. */
  socket: string
  /** TCP port of the sandbox's own loopback at which the backend must offer that socket before the command starts. `env` names it. */
  port: number
}

/**
 * What the agent may reach over the network.
 *
 * - `host`: the host's network as it is, loopback included. Nothing is filtered.
 * - `none`: no network at all, not even the host's loopback.
 * - `allowlist`: only `allow`, through agentvm's proxy, and no other route. The list as it was at the start: the proxy
 *   has the one in force. A backend that can't enforce it must not list it in `capabilities.network`.
 */
export type NetworkPolicy =
  | { mode: 'host' }
  | { mode: 'none' }
  | { mode: 'allowlist'; allow: AllowedHost[]; proxy: ProxyEndpoint }

/** Upper bounds for one agent. A missing field, or 0, means no bound. A backend lists in `capabilities.limits` which it enforces. */
export interface Limits {
  /** Memory of the whole agent, in bytes. */
  memory?: number
  /** Number of processes and threads of the whole agent. */
  processes?: number
  /** CPU time a second over all cores, in cores (1.5 is one and a half). */
  cpus?: number
  /** Open files of each process. */
  openFiles?: number
  /** Size of the private `/tmp`, in bytes. */
  tmpSize?: number
  /** Size of the private `/dev/shm`, in bytes. */
  shmSize?: number
  /** Size of the agent's log before it is rotated, in bytes. */
  logSize?: number
}

/** The name of one bound in {@link Limits}. */
export type LimitName = keyof Limits

/** The user that the agent is inside the sandbox, where the backend can choose it. */
export interface SandboxUser {
  /** Numeric user id, 1000 by default, whoever started the agent. */
  uid: number
  /** Numeric group id. */
  gid: number
  /** Login name, `agent` by default. */
  name: string
}

/**
 * Everything one agent is allowed to do. The core decides it, a {@link SandboxBackend} enforces it and adds
 * nothing: what isn't named here is denied.
 *
 * Order of mounts: system paths, then `readOnly`, `readWrite`, the workspace and the home, then `protect`; a
 * later mount wins over an earlier one at the same place.
 */
export interface SandboxPolicy {
  /** The version of this type. 1. */
  version: 1
  /** The agent's immutable short id: `^[a-z0-9]{8}$`. */
  agentId: string
  /** Host name inside the sandbox, where the backend has one of its own (bwrap: UTS namespace). */
  hostname: string
  /** The agent's work, read and write. Target `/workspace` where paths can be moved, else the host path. */
  workspace: Mount
  /** The agent's own home, read and write. Target `/home/agent` where paths can be moved, else the host path. */
  home: Mount
  /** Where the command starts: a folder inside the sandbox, the workspace as a rule. */
  cwd: string
  /** The system's own programs, libraries and settings, read-only. bwrap binds them; Seatbelt allows reads. */
  system: { readOnly: Mount[]; symlinks: PolicySymlink[]; files: SyntheticFile[] }
  /** More that the agent may read: its own program, what the user names with `--ro`. */
  readOnly: Mount[]
  /** More that the agent may change, what the user names with `--rw`. */
  readWrite: Mount[]
  /** Links that the agent's program needs to be found as on the host. */
  symlinks: PolicySymlink[]
  /** Absolute paths inside the sandbox, within something writable, that stay read-only. They exist when the policy is made. */
  protect: string[]
  /** The whole environment of the agent, exactly: no other variable is set. Holds secrets: never print it. */
  env: Record<string, string>
  /** Network access. */
  network: NetworkPolicy
  /** Upper bounds. */
  limits: Limits
  /** Whether the agent has a terminal (a pane), or three pipes (`run`). */
  tty: boolean
  /** Host folders that hold sockets of agentvm's own helpers (proxy bridge, signer), and where the agent finds them. No other socket is reachable. */
  sockets: Mount[]
  /** Who the agent is inside. */
  user: SandboxUser
}
