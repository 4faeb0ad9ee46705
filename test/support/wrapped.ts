import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { SandboxBackend, SandboxPolicy } from '@agentvm/sdk'
import { launcherScript } from '../../plugins/sdk/src/testing/launch.ts'
import bwrap from '../../sandbox/bwrap/src/index.ts'
import { testPolicy } from './wrapped-policy.ts'

/** Who starts a sandbox. */
export interface Actor {
  name: string
  uid: number
  gid: number
}

const NOBODY_ELSE = 54_321

/** Everybody as whom a sandbox must hold: whoever runs the tests, and as root an ordinary user as well. */
export const ACTORS: Actor[] =
  process.getuid?.() === 0
    ? [
        { name: 'root', uid: 0, gid: 0 },
        { name: 'an ordinary user', uid: NOBODY_ELSE, gid: NOBODY_ELSE },
      ]
    : [{ name: 'an ordinary user', uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }]

/** What a wrapped command came to. */
export interface Outcome {
  /** 128 + N if its program was ended by signal N. */
  code: number | null
  stdout: string
  stderr: string
  /** Whether the backend says that the command began; undefined if it never says. */
  begun: boolean | undefined
}

/** One agent's folders on the host, and its commands run in a sandbox the way the launcher does it. */
export class Box {
  readonly actor: Actor
  readonly folder: string
  readonly workspace: string
  readonly home: string
  private readonly backend: SandboxBackend
  private starts = 0

  constructor(actor: Actor = ACTORS[0] as Actor, backend: SandboxBackend = bwrap) {
    this.actor = actor
    this.backend = backend
    this.folder = mkdtempSync(join(tmpdir(), 'agentvm-box-'))
    this.give(this.folder)
    this.workspace = this.makeFolder('workspace')
    this.home = this.makeFolder('home')
  }

  /** A folder of the actor's below the box's own. */
  makeFolder(...parts: string[]): string {
    let path = this.folder
    for (const part of parts) {
      path = join(path, part)
      mkdirSync(path, { recursive: true, mode: 0o700 })
      this.give(path)
    }
    return path
  }

  /** A file of the actor's below the box's own. */
  write(path: string, content: string): string {
    const file = join(this.folder, path)
    writeFileSync(file, content, { mode: 0o600 })
    return this.give(file)
  }

  read(path: string): string {
    return readFileSync(join(this.folder, path), 'utf8')
  }

  policy(changes: Partial<SandboxPolicy> = {}): SandboxPolicy {
    return testPolicy(this, changes)
  }

  /** Writes the launcher of a command and what it opens. Returns its path. */
  launcher(command: readonly string[], changes: Partial<SandboxPolicy> = {}): string {
    const policy = this.policy(changes)
    const wrapped = this.backend.wrap(policy, command)
    const name = `run-${++this.starts}`
    const run = this.makeFolder(name)
    for (const file of wrapped.files) {
      writeFileSync(join(run, file.name), file.content, { mode: 0o600 })
      this.give(join(run, file.name))
    }
    const cwd = this.backend.capabilities.relocatesPaths ? '/' : policy.cwd
    const path = this.write(`${name}/launcher`, launcherScript(wrapped, run, cwd))
    chmodSync(path, 0o700)
    return path
  }

  /** Starts a command and leaves it running. */
  start(command: readonly string[], changes: Partial<SandboxPolicy> = {}): ChildProcess {
    return this.startLauncher(this.launcher(command, changes))
  }

  /** Runs a command to its end. */
  async run(command: readonly string[], changes: Partial<SandboxPolicy> = {}): Promise<Outcome> {
    const launcher = this.launcher(command, changes)
    const child = this.startLauncher(launcher)
    child.stdin?.end()
    const [[code, signal], stdout, stderr] = await Promise.all([
      once(child, 'close'),
      text(child.stdout as NonNullable<ChildProcess['stdout']>),
      text(child.stderr as NonNullable<ChildProcess['stderr']>),
    ])
    const { status } = this.backend.wrap(this.policy(changes), command)
    const begun = status && readFileSync(join(launcher, '..', 'status'), 'utf8').includes(status.startedWhen)
    return { code: signal === 'SIGKILL' ? 137 : code, stdout, stderr, begun }
  }

  /** Runs a script of the system's shell to its end. Throws if it never began: an attack that didn't run proves nothing. */
  async sh(script: string, changes: Partial<SandboxPolicy> = {}): Promise<Outcome> {
    const outcome = await this.run(['sh', '-c', script], changes)
    if (outcome.begun === false) throw new Error(`the sandbox did not start: ${outcome.stderr}`)
    return outcome
  }

  /** What a script prints, both streams together; it may fail. */
  async says(script: string, changes: Partial<SandboxPolicy> = {}): Promise<string> {
    return (await this.sh(`{ ${script}\n} 2>&1`, changes)).stdout.trim()
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }

  private startLauncher(launcher: string): ChildProcess {
    const { uid, gid } = this.actor
    const other = uid === process.getuid?.() ? {} : { uid, gid }
    return spawn('/bin/sh', [launcher], { cwd: '/', env: { HOST_SECRET: 'of-the-caller' }, ...other })
  }

  private give(path: string): string {
    if (this.actor.uid !== process.getuid?.()) chownSync(path, this.actor.uid, this.actor.gid)
    return path
  }
}
