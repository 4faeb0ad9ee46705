import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CliResult, TestHome } from './agentvm.ts'

/** What the bash tool knows of an agent. */
export interface BashAgent {
  name: string
  pid: number
  sandbox: 'bwrap' | 'macos' | 'none'
  createdAt: string
  profile: string
  tags: string
  promptFile: string
  command: readonly string[]
}

/**
 * Writes an AGENTVM_HOME as version 0.4.0 of the bash tool does, byte for byte, and runs agents where it runs them:
 * on the user's default tmux server, which is a private one here.
 */
export class BashTool {
  /** What makes the private tmux server the default one. */
  readonly env: Record<string, string>
  private readonly home: TestHome
  private readonly tmuxFolder = mkdtempSync(join(tmpdir(), 'avt-'))

  constructor(home: TestHome) {
    this.home = home
    this.env = { TMUX_TMPDIR: this.tmuxFolder, TMUX: '' }
    for (const folder of ['state', 'workspaces']) mkdirSync(home.file(folder), { recursive: true })
  }

  /** Runs agentvm in its place: over the same files and beside the same tmux server. */
  run(args: readonly string[], more: Record<string, string> = {}): Promise<CliResult> {
    return this.home.run(args, { env: { ...this.env, ...more } })
  }

  /** What agentvm prints in its place; it has to succeed. */
  async ok(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(args)
    assert.equal(code, 0, `agentvm ${args.join(' ')}: ${stderr}`)
    return stdout
  }

  async json<T>(...args: string[]): Promise<T> {
    return JSON.parse(await this.ok(...args, '--json'))
  }

  /** Starts an agent. Its home is `.home` in its workspace. */
  spawn(name: string, command: readonly string[], more: Partial<BashAgent> = {}): BashAgent {
    const workspace = this.workspace(name)
    const session = `agentvm-${name}`
    const run = ['env', `HOME=${workspace}/.home`, ...command]
    this.tmux('new-session', '-d', '-s', session, '-x', '200', '-y', '50', '-c', workspace, printfQ(run))
    const log = this.home.file('state', `${name}.log`)
    this.tmux('pipe-pane', '-t', session, `cat >> ${printfQ([log])}`)
    // By then the shell that tmux starts has opened it: it would go on in another file where this one is renamed before.
    execFileSync('/bin/sh', ['-c', 'until [ -e "$1" ]; do sleep 0.02; done', 'sh', log], { timeout: 30_000 })
    const pid = Number(this.tmux('list-panes', '-t', session, '-F', '#{pane_pid}'))
    const agent = this.agent(name, { pid, command, ...more })
    this.journal('spawn', name, agent.profile)
    return agent
  }

  /** An agent that has ended. Its pid may be another process's by now. */
  dead(name: string, more: Partial<BashAgent> = {}): BashAgent {
    this.workspace(name)
    writeFileSync(this.home.file('state', `${name}.log`), `log of ${name}\r\n`)
    this.journal('spawn', name)
    return this.agent(name, { pid: process.pid, ...more })
  }

  /** What its `clone` leaves: a state file with pid 0, never started. */
  clone(name: string, more: Partial<BashAgent> = {}): BashAgent {
    this.workspace(name)
    return this.agent(name, { pid: 0, ...more })
  }

  /** What its `rename` does to the state file: the changed values are written without quotes. */
  rename(from: string, to: string): void {
    const text = this.home.read('state', `${from}.env`).replaceAll(`'${from}'`, to)
    const unquoted = text.replaceAll(
      /^(AGENT_(?:WORKSPACE|SESSION|LOG_FILE))='(.*)'$/gm,
      (_, key: string, value: string) => {
        return `${key}=${value.replace(new RegExp(`${from}(\\.log)?$`), `${to}$1`)}`
      },
    )
    writeFileSync(this.home.file('state', `${to}.env`), unquoted)
    rmSync(this.home.file('state', `${from}.env`))
    execFileSync('mv', [this.home.file('workspaces', from), this.home.file('workspaces', to)])
    execFileSync('mv', [this.home.file('state', `${from}.log`), this.home.file('state', `${to}.log`)])
  }

  /** Names of the sessions on its tmux server. */
  sessions(): string[] {
    try {
      return this.tmux('list-sessions', '-F', '#{session_name}').trim().split('\n')
    } catch {
      return []
    }
  }

  /** Runs a tmux command on its server. */
  tmux(...args: string[]): string {
    const env = {
      PATH: process.env.PATH,
      TERM: 'xterm-256color',
      LC_ALL: 'C.UTF-8',
      TMUX_TMPDIR: this.tmuxFolder,
      SHELL: '/bin/sh',
    }
    return execFileSync('tmux', args, { encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'ignore'] })
  }

  remove(): void {
    try {
      this.tmux('kill-server')
    } catch {
      // It has ended with its last session.
    }
    rmSync(this.tmuxFolder, { recursive: true, force: true })
  }

  private workspace(name: string): string {
    const workspace = this.home.file('workspaces', name)
    mkdirSync(join(workspace, '.home'), { recursive: true })
    writeFileSync(
      join(workspace, '.home/.gitconfig'),
      `[user]\n\tname = ${name}\n\temail = ${name}@agentvm.local\n`,
    )
    return workspace
  }

  private agent(name: string, more: Partial<BashAgent>): BashAgent {
    const agent: BashAgent = {
      ...{
        name,
        pid: 0,
        sandbox: 'none',
        createdAt: '2026-01-02T03:04:05Z',
        profile: '',
        tags: '',
        promptFile: '',
      },
      ...{ command: [], ...more },
    }
    const values = {
      AGENT_NAME: name,
      AGENT_PID: String(agent.pid),
      AGENT_SANDBOX: agent.sandbox,
      AGENT_WORKSPACE: this.home.file('workspaces', name),
      AGENT_CREATED_AT: agent.createdAt,
      AGENT_SESSION: `agentvm-${name}`,
      AGENT_PROFILE: agent.profile,
      AGENT_LOG_FILE: this.home.file('state', `${name}.log`),
      AGENT_GITLAWB: 'false',
      AGENT_GITLAWB_MODE: 'auto',
      AGENT_GITLAWB_DID: '',
      AGENT_TAGS: agent.tags,
      AGENT_PROMPT_FILE: agent.promptFile,
      AGENT_FROM_DIR: '',
      AGENT_FROM_GIT: '',
      AGENT_FROM_GIT_REF: '',
      AGENT_EXTRA_CMD: printfQ(agent.command),
    }
    const lines = Object.entries(values).map(([key, value]) => `${key}='${value.replaceAll("'", "'\\''")}'\n`)
    writeFileSync(this.home.file('state', `${name}.env`), lines.join(''))
    return agent
  }

  private journal(event: string, name: string, detail = ''): void {
    appendFileSync(this.home.file('history.log'), `2026-01-02T03:04:05Z\t${event}\t${name}\t${detail}\n`)
  }
}

/** Words as bash's own `printf %q` quotes them. */
export function printfQ(words: readonly string[]): string {
  if (words.length === 0) return ''
  const quoted = execFileSync('bash', ['--norc', '-c', 'printf "%q " "$@"', 'bash', ...words], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, LC_ALL: 'C', SHLVL: '1' },
  })
  return quoted.slice(0, -1)
}
