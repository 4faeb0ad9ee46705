import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { CliResult } from './agentvm.ts'

/** No command takes longer, on the busiest machine. */
const LONGEST_MS = 60_000

/** What a command came to, and the names of its effects where those are counted. */
export interface WorkerResult extends CliResult {
  effects?: string[]
}

/** How a worker is started. */
export interface WorkerOptions {
  env?: Record<string, string>
  /** A module to load first. */
  preload?: string
}

/** The built CLI in a process that stays, for tests of thousands of commands. One command at a time. */
export class CliWorker {
  private readonly child: ChildProcess
  private readonly exit: Promise<number>

  private constructor(home: string, { env = {}, preload }: WorkerOptions) {
    this.child = fork(join(import.meta.dirname, 'cli-worker.mjs'), {
      env: { ...process.env, AGENTVM_HOME: home, NODE_V8_COVERAGE: '', ...env },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      ...(preload ? { execArgv: ['--import', preload] } : {}),
    })
    this.exit = once(this.child, 'exit').then(([code, signal]) => code ?? (signal === 'SIGKILL' ? 137 : 143))
  }

  static async start(home: string, options: WorkerOptions = {}): Promise<CliWorker> {
    const worker = new CliWorker(home, options)
    await once(worker.child, 'message')
    return worker
  }

  get pid(): number {
    return this.child.pid ?? -1
  }

  get isAlive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null
  }

  /** Runs a command. Throws if it hangs. */
  async run(...args: string[]): Promise<WorkerResult> {
    return this.runWith(args)
  }

  /** Runs a command in which something goes wrong, if the worker was started for that. Throws if it hangs. */
  async runWith(args: readonly string[], fault?: object): Promise<WorkerResult> {
    const end = new AbortController()
    const signal = AbortSignal.any([end.signal, AbortSignal.timeout(LONGEST_MS)])
    const answer = once(this.child, 'message', { signal }).then(([result]) => result as WorkerResult)
    const death = this.exit.then((code) => ({ code, stdout: '', stderr: '' }))
    this.child.send({ args, fault })
    try {
      return await Promise.race([answer, death])
    } catch {
      throw new Error(`it hangs: agentvm ${args.join(' ')}`)
    } finally {
      answer.catch(() => {})
      end.abort()
    }
  }

  async json<T>(...args: string[]): Promise<T> {
    const { code, stdout, stderr } = await this.run(...args, '--json')
    if (code !== 0) throw new Error(`agentvm ${args.join(' ')}: exit code ${code}\n${stdout}${stderr}`)
    return JSON.parse(stdout) as T
  }

  stop(): void {
    this.child.kill()
  }

  /** Ends it as by kill -9. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL')
    await this.exit
  }
}
