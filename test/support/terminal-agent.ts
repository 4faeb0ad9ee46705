import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Profile } from '@agentvm/sdk'
import type { Context } from '../../src/agents/context.ts'
import type { AgentRecord } from '../../src/agents/state/record.ts'
import { decodeRecord } from '../../src/agents/state/record-codec.ts'
import { AgentStore } from '../../src/agents/state/store.ts'
import { UserError } from '../../src/errors.ts'
import { completeProfile } from '../../src/extensions/own-profiles/complete.ts'
import { Home } from '../../src/settings/home.ts'
import { bootId, isAlive, processStart } from '../../src/system/processes.ts'
import { tmuxConfig } from '../../src/tmux/config.ts'
import { captureScreen, endServer, startSession } from '../../src/tmux/session.ts'

/** A profile, by what isn't as for a program of which nothing is known. */
export function profileOf(name: string, facts: Partial<Profile> = {}): Profile {
  return { ...completeProfile(name, { command: ['sh'] }), ...facts }
}

/** A home in this process whose agents run without a sandbox, each a script on a tmux server of its own. */
export class TerminalHome {
  readonly home = new Home({ AGENTVM_HOME: realpathSync(mkdtempSync(join(tmpdir(), 'agentvm-term-'))) })
  readonly context: Context
  readonly warnings: string[] = []
  private readonly sockets: string[] = []
  private readonly launchers: AgentRecord[] = []

  constructor(profiles: readonly Profile[] = []) {
    const profile = async (name: string) => {
      const found = profiles.find((one) => one.name === name)
      if (!found) throw new UserError(`there is no profile '${name}'`)
      return found
    }
    this.context = {
      ...{ home: this.home, store: new AgentStore(this.home), root: join(this.home.root, 'install') },
      ...{ envFile: () => ({}), caller: { PATH: process.env.PATH }, note: () => {}, progress: () => {} },
      warn: (message: string) => void this.warnings.push(message),
      extensions: { profile },
      settings: {},
    } as unknown as Context
  }

  /** Puts an agent on record that has never run. */
  record(name: string, facts: Partial<AgentRecord> = {}): AgentRecord {
    const { home } = this
    const record: AgentRecord = {
      ...decodeRecord({ AGENT_FORMAT: '1', AGENT_ID: `id-${name}` }, name),
      ...{ bootId: bootId(), workspace: home.workspace(name), home: home.agentHome(`id-${name}`) },
      ...{ logFile: home.logFile(name), session: `agentvm-${name}`, socket: join(home.root, `${name}.s`) },
      ...facts,
    }
    this.context.store.save(record)
    return record
  }

  /** Starts an agent that runs a shell script in its workspace. */
  async start(name: string, script: string, facts: Partial<AgentRecord> = {}): Promise<AgentRecord> {
    const record = this.record(name, facts)
    const runDir = this.home.runDir(record.id)
    for (const folder of [record.workspace, record.home, runDir])
      mkdirSync(folder, { recursive: true, mode: 0o700 })
    const file = (path: string, text: string) => {
      writeFileSync(join(runDir, path), text)
      return join(runDir, path)
    }
    this.sockets.push(record.socket)
    const pid = await startSession(record, {
      config: file('conf', tmuxConfig({ detachKey: 'C-]', terminal: 'tmux-256color' })),
      launcher: file('launch', `HOME='${record.home}'\n${script}`),
      pipe: file('pipe', `exec cat >>'${record.logFile}'`),
      ...{ cwd: record.workspace, agentId: record.id },
    })
    const started = { ...record, pid, pidStart: processStart(pid) ?? '' }
    this.launchers.push(started)
    this.context.store.save(started)
    return started
  }

  /** What the agent of that name has in a file of its workspace. */
  read(name: string, path: string): string {
    const file = join(this.home.workspace(name), path)
    return existsSync(file) ? readFileSync(file, 'utf8') : ''
  }

  /** Writes a file of the home, and the folders on the way. */
  write(path: string, text: string): void {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    writeFileSync(path, text, { mode: 0o600 })
  }

  screen(record: AgentRecord): Promise<string> {
    return captureScreen(record)
  }

  async remove(): Promise<void> {
    for (const socket of this.sockets) await endServer(socket)
    // A script writes until it has ended, which its server doesn't wait for.
    await becomes(() => !this.launchers.some(({ pid, pidStart }) => isAlive(pid, pidStart)))
    rmSync(this.home.root, { recursive: true, force: true })
  }
}

/** Waits until something holds, for at most `withinMs`. */
export async function becomes(holds: () => boolean | Promise<boolean>, withinMs = 30_000): Promise<boolean> {
  for (const end = performance.now() + withinMs; performance.now() < end; ) {
    if (await holds()) return true
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return false
}
