import { createHash } from 'node:crypto'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

/** Longest path of a unix socket that every system takes (`sun_path` is 108 bytes on Linux, 104 on macOS, with the final NUL). */
const LONGEST_SOCKET_PATH = process.platform === 'darwin' ? 103 : 107

/** Where everything lies: `$AGENTVM_HOME`, `~/.agentvm` by default. Only `state/` and `workspaces/` go by name, the rest by the agent's id. */
export class Home {
  readonly root: string
  private readonly runtimeDir: string

  constructor(env: NodeJS.ProcessEnv = process.env) {
    this.root = env.AGENTVM_HOME ? resolve(env.AGENTVM_HOME) : join(env.HOME || homedir(), '.agentvm')
    this.runtimeDir = env.XDG_RUNTIME_DIR
      ? join(env.XDG_RUNTIME_DIR, 'agentvm')
      : join('/tmp', `agentvm-${process.getuid?.()}`)
  }

  get envFile(): string {
    return join(this.root, 'env')
  }
  get configFile(): string {
    return join(this.root, 'config')
  }
  get journal(): string {
    return join(this.root, 'history.log')
  }
  get events(): string {
    return join(this.root, 'events.jsonl')
  }
  get hooks(): string {
    return join(this.root, 'hooks')
  }
  get profiles(): string {
    return join(this.root, 'profiles')
  }
  /** What was found out about this machine, and can be found out again. */
  get cache(): string {
    return join(this.root, 'cache')
  }
  /** Copies of this machine's settings files, which sandboxes show. */
  get systemFiles(): string {
    return join(this.cache, 'etc')
  }
  /** Plugins that the user has installed, and their list. */
  get plugins(): string {
    return join(this.root, 'plugins')
  }
  /** CLIs that agentvm has installed for profiles. */
  get clis(): string {
    return join(this.root, 'clis')
  }
  /** What unexpected errors have left to be reported. */
  get reports(): string {
    return join(this.root, 'reports')
  }
  get trash(): string {
    return join(this.root, 'trash')
  }
  get state(): string {
    return join(this.root, 'state')
  }
  /** The agents' run folders, and scratch folders of ours. */
  get runs(): string {
    return join(this.root, 'run')
  }
  /** Signed records of what agents ran, and the key that signs them. */
  get provenance(): string {
    return join(this.root, 'provenance')
  }
  get homes(): string {
    return join(this.root, 'homes')
  }
  get workspaces(): string {
    return join(this.root, 'workspaces')
  }

  stateFile(name: string): string {
    return join(this.state, `${name}.env`)
  }
  logFile(name: string): string {
    return join(this.state, `${name}.log`)
  }
  promptFile(name: string): string {
    return join(this.state, `${name}.prompt`)
  }
  workspace(name: string): string {
    return join(this.workspaces, name)
  }
  agentHome(id: string): string {
    return join(this.homes, id)
  }
  /** What the agent's workspace held at its spawn. */
  baseline(id: string): string {
    return join(this.root, 'baselines', id)
  }
  get secrets(): string {
    return join(this.root, 'secrets')
  }
  /** Values of `-e NAME=VALUE`, 0600, kept for restarts until the agent is cleaned. */
  secretsFile(id: string): string {
    return join(this.secrets, id)
  }
  /** What is to be told to agents, and who sees to that. */
  get messages(): string {
    return join(this.root, 'messages')
  }
  /** Messages that wait for an agent. */
  messageQueue(id: string): string {
    return join(this.messages, id)
  }
  /** The agents' keys: no sandbox shows this folder. */
  get identities(): string {
    return join(this.root, 'identities')
  }
  /** An agent's keys. The public ones that it had stay in it when the agent is gone. */
  identityDir(id: string): string {
    return join(this.identities, id)
  }
  runDir(id: string): string {
    return join(this.runs, id)
  }

  /** The network proxy's folder: pid, lock, request logs. */
  get proxy(): string {
    return join(this.root, 'proxy')
  }
  /** An agent's requests to the network proxy. The log before it has `.1` at its end. */
  requestLog(id: string): string {
    return join(this.proxy, 'log', `${id}.jsonl`)
  }
  /** The proxy's sockets: in its folder, or in a private folder under the run-time directory where their paths would be too long. */
  get proxySockets(): string {
    const folder = join(this.proxy, 'sockets')
    const longest = join(folder, 'abcdefgh', 's')
    return Buffer.byteLength(longest) <= LONGEST_SOCKET_PATH ? folder : `${this.shortPath}-proxy`
  }
  /** The folder of the one socket by which an agent reaches the proxy. The agent sees this folder. */
  proxySocketDir(id: string): string {
    return join(this.proxySockets, id)
  }

  /** The tmux socket of an agent: in its run folder, or in a private folder under the run-time directory where that path would be too long. */
  socket(id: string): string {
    const path = join(this.runDir(id), 'tmux')
    if (Buffer.byteLength(path) <= LONGEST_SOCKET_PATH) return path
    return `${this.shortPath}-${id}`
  }

  /** The beginning of short paths that stand for this home's. */
  private get shortPath(): string {
    return join(this.runtimeDir, createHash('sha256').update(this.root).digest('hex').slice(0, 12))
  }
}
