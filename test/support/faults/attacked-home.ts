import { mkdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ownerOf } from '../../../src/system/lock.ts'
import type { CliOptions, CliResult } from '../agentvm.ts'
import { CliWorker, type WorkerResult } from '../cli-worker.ts'
import { type Fault, FaultyHome } from './faulty-home.ts'

/** Of all homes together: compiling takes longer than most commands. */
const COMPILED = join(tmpdir(), `agentvm-compiled-${process.getuid?.()}`)
const PRELOAD = join(import.meta.dirname, 'preload.mjs')

/** Locks, which name their owner, and files written aside, which have its pid in their names. */
const OF_A_PROCESS = /\.lock$|\.break$|\.\d+\.[0-9a-f]{8}$/

/** How the process of the commands is started. */
export interface AttackOptions {
  /** Environment of all commands. */
  env?: Record<string, string>
  /** Plugins may come and go: each command looks for them. */
  reloads?: boolean
}

/**
 * A {@link FaultyHome} whose commands all run in one process, but for those that a fault kills: for thousands of them.
 */
export class AttackedHome extends FaultyHome {
  protected override readonly env: Record<string, string>
  private worker: CliWorker | undefined
  private readonly options: AttackOptions

  constructor(options: AttackOptions = {}) {
    super()
    this.options = options
    mkdirSync(this.temporary)
    this.env = {
      TMPDIR: this.temporary,
      XDG_CACHE_HOME: `${this.path}.cache`,
      NODE_COMPILE_CACHE: COMPILED,
      ...options.env,
    }
  }

  override async run(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
    if (Object.keys(options).length > 0)
      return super.run(args, { ...options, env: { ...this.env, ...options.env } })
    return this.give(args)
  }

  /** {@link runFaulty} without a process of its own. What that left in ours is of no account: see {@link inNewProcess}. */
  runFaultyHere(args: readonly string[], fault: Fault): Promise<WorkerResult> {
    return this.give(args, fault)
  }

  /** {@link effects} of a command that {@link runFaultyHere} runs. */
  async effectsHere(args: readonly string[]): Promise<string[]> {
    const { code, stderr, effects = [] } = await this.give(args, { at: 0, kind: 'kill' })
    if (code !== 0) throw new Error(`agentvm ${args.join(' ')}: exit code ${code}\n${stderr}`)
    return effects
  }

  /** Ends the process of the commands as by kill -9. The next command has a new one. */
  async inNewProcess(): Promise<void> {
    await this.worker?.kill()
  }

  /** Removes what counts for nothing once the process of the commands has ended: its locks, and what it wrote aside. */
  dropOwnFiles(): void {
    const pid = this.worker?.pid
    for (const path of this.paths(3)) {
      if (!OF_A_PROCESS.test(path)) continue
      const isOwn = path.includes(`.${pid}.`) || ownerOf(path)?.startsWith(`${pid}:`)
      if (isOwn) rmSync(path, { force: true })
    }
  }

  protected override async endStarted(): Promise<void> {
    await this.inNewProcess()
    await super.endStarted()
  }

  private async give(args: readonly string[], fault?: Fault): Promise<WorkerResult> {
    if (!this.worker?.isAlive) this.worker = await this.startWorker()
    try {
      return await this.worker.runWith(args, fault)
    } catch (error) {
      await this.worker.kill()
      throw error
    }
  }

  private startWorker(): Promise<CliWorker> {
    const reloads: Record<string, string> = this.options.reloads ? { CLI_WORKER_RELOADS: '1' } : {}
    return CliWorker.start(this.path, { preload: PRELOAD, env: { ...this.env, ...reloads } })
  }
}
