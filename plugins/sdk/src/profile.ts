import type { ActivityRules } from './activity.ts'
import type { EventSource } from './events.ts'
import type { Limits } from './policy.ts'
import type { HeadlessEvents } from './run-events.ts'

/** How the first prompt reaches an agent's CLI. */
export type PromptDelivery =
  | {
      /** As arguments at start-up; `{prompt}` in `args` is replaced by the text. Used for prompts below 100 kB. */
      via: 'argument'
      args: string[]
    }
  | {
      /** Typed into the terminal once the `ready` screen shows. */
      via: 'typed'
    }

/** How the CLI runs one prompt without a terminal and exits (`agentvm run`). */
export interface HeadlessMode {
  /** Arguments after the command; `{prompt}` is replaced by the text, `{promptFile}` by a file that holds it and can be read once. */
  args: string[]
  /** The part that turns its permission prompts off; left out where nothing isolates. */
  autonomousArgs: string[]
  /** `prompt`: the text also goes to standard input. `closed`: standard input is empty. */
  stdin: 'prompt' | 'closed'
  /** Its structured output, if it has one. Without it `agentvm run` passes on what it prints. */
  events?: HeadlessEvents
}

/** Environment variables of a profile, by name. A name may end in `*` in `optional`. */
export interface ProfileEnv {
  /** At least one of these must be set, else the spawn warns. `file:PATH` counts as set if that file exists below the user's home. */
  anyOf: string[]
  /** Each of these must be set, else the spawn warns. */
  allOf: string[]
  /** Passed on if set. */
  optional: string[]
  /** Set to these values in any case, unless the user gives others. No secrets. */
  set: Record<string, string>
  /**
   * Those of the names above whose values {@link Profile.setup} writes into the agent's own home, because the CLI takes
   * no key from its environment. No other value may be written.
   */
  written?: string[]
}

/** Hosts that the CLI needs, for the network allow-list. DNS names, port 443. */
export interface ProfileHosts {
  /** It doesn't work without these. */
  required: string[]
  /** Needed to log in or to renew a login. */
  login: string[]
  /** Updates, release notes, telemetry and the like. */
  optional: string[]
}

/** Files of the user's home to copy into the agent's home at its first start. Paths relative to the home. */
export interface ProfileState {
  /** Files and folders to copy if they exist. Symlinks are copied as links. */
  copy: string[]
  /** Never copied, also where a folder of `copy` holds them. */
  never: string[]
}

/** How to continue an earlier conversation (`agentvm restart`). */
export interface ResumeArgs {
  /** Arguments that resume the last conversation. */
  last?: string[]
  /** Arguments that resume a given one; `{id}` is replaced by what {@link EventSource.session} says. */
  id?: string[]
  /** True if `last` fails where there is no conversation yet. */
  emptyLastFails?: boolean
}

/** What {@link Profile.setup} knows. */
export interface SetupContext {
  /** The workspace's path as the agent sees it. */
  workspace: string
  /** The agent's home as the agent sees it. */
  home: string
  /** The names of the variables that the agent will have. */
  envNames: string[]
  /** The value of one of the profile's own variables, or undefined. For checks such as "the last 20 characters of the key". */
  env(name: string): string | undefined
  /** The content of a file in the agent's home as seeded, or undefined. */
  read(path: string): Promise<string | undefined>
}

/** A file to write into the agent's home before its CLI starts. */
export interface SetupFile {
  /** Relative to the agent's home, without `..`. */
  path: string
  /** The whole content. */
  content: string
}

/** How to get a missing CLI. */
export interface InstallHint {
  /** npm package, if it is on npm. */
  npm?: string
  /**
   * The program below `node_modules`, where a package for each platform holds it and an install script would put it in
   * its place: agentvm lets npm run none. `{platform}` is `linux-x64`, `linux-arm64-musl`,
   * `darwin-arm64` and the like.
   */
  native?: string
  /** A command or a sentence for people. */
  hint: string
}

/** Versions of the CLI. */
export interface ProfileVersions {
  /** Arguments that print the version. */
  args: string[]
  /** Oldest version that works, if known. */
  minimum?: string
  /** Newest version that this profile was checked with. */
  checked?: string
}

/** What a profile's agents may do, where that isn't what holds for all. A field that is left out is as for all; the user's flags overrule it. */
export interface ProfilePolicy {
  /** Upper bounds. Each field counts by itself. */
  limits?: Limits
  /**
   * How far the agent is kept from what host programs would run (`.git/hooks`, `.envrc`, `.vscode`, …). `existing`: what
   * was there when it was made stays as it is. `strict`: it can't make what wasn't there either. `off`: nothing is kept.
   */
  protect?: 'existing' | 'strict' | 'off'
  /** Whether the agent may change `.git/config` of a repository that it was given. */
  gitConfig?: 'ro' | 'rw'
}

/** How to run one agent CLI. Declarative; functions only where data can't say it. */
export interface Profile {
  /** Unique name, used by `-p` and in the state file: `^[a-z0-9][a-z0-9-]*$`. */
  name: string
  /** A name for people, such as `Claude Code`. */
  label: string
  /** The program (a name found on the user's PATH, or an absolute path) and the arguments it always gets. */
  command: [string, ...string[]]
  /** Arguments that turn its permission prompts off. Left out where nothing isolates, unless the user insists with `--unsafe`. */
  autonomousArgs: string[]
  /** Other programs that the agent needs to find (`git`, `rg`). A missing one is not an error. */
  tools: string[]
  /** How the first prompt is given. */
  prompt: PromptDelivery
  /** One prompt without a terminal; undefined if the CLI has no such mode. */
  headless?: HeadlessMode
  /** Continuing a conversation; undefined if it can't. */
  resume?: ResumeArgs
  /** Environment variables. */
  env: ProfileEnv
  /** Network hosts. */
  hosts: ProfileHosts
  /** State to copy from the user's home. */
  state: ProfileState
  /** Host paths that the agent may read, at the same place inside. Absolute. One that isn't there is left out. */
  readOnly?: string[]
  /** Host paths that the agent may change, at the same place inside. Absolute. One that isn't there is left out, with a warning. */
  readWrite?: string[]
  /**
   * A program on the host, by its absolute path, that runs before each start with the workspace's host path as its
   * argument. It must belong to the user or to root, and nobody else may be able to write it. If it fails, the spawn warns.
   */
  postCreateScript?: string
  /** Keys, as tmux names them, that are pressed three seconds after the agent was started: `Enter`, `C-c`, `Down`. */
  startupKeys?: string[]
  /** Keys, as tmux names them, that stop a turn (`--interrupt`). `Escape` by default. They must do no harm at the prompt. */
  interruptKeys?: string[]
  /**
   * Keys that empty its input box, pressed after `interruptKeys`: for a CLI that puts the prompt of a turn that was
   * stopped back into its box, where the next message would be added to it. They must do no harm where the box is empty.
   */
  clearKeys?: string[]
  /** The variable that moves the CLI's configuration folder, if it has one. */
  configDirEnv?: string
  /** Arguments and variables that turn the CLI's own sandbox off, since it runs in ours. */
  nestedSandbox?: { args: string[]; env: Record<string, string> }
  /** How to tell from its terminal what it is doing. Without it its activity is unknown. */
  activity?: ActivityRules
  /** What it says of itself in a file of the agent's home. Comes before what its terminal shows. */
  events?: EventSource
  /** Versions. */
  versions: ProfileVersions
  /** How to install it. */
  install: InstallHint
  /** What its agents may do, where that isn't what holds for all. */
  policy?: ProfilePolicy
  /** Files so that no first-run wizard shows. Called at each start, after seeding. A throw fails the spawn. */
  setup?(context: SetupContext): Promise<SetupFile[]>
}
