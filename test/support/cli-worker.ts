import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { CliResult } from './agentvm.ts'

/** No command takes longer, on the busiest machine. */
const LONGEST_MS = 60_000

/** The built CLI in a process that stays, for tests of thousands of commands. One command at a time. */
export class CliWorker {
  private readonly child: ChildProcess

  private constructor(home: string) {
    this.child = fork(join(import.meta.dirname, 'cli-worker.mjs'), {
      env: { ...process.env, AGENTVM_HOME: home, NODE_V8_COVERAGE: '' },
    })
  }

  static async start(home: string): Promise<CliWorker> {
    const worker = new CliWorker(home)
    await once(worker.child, 'message')
    return worker
  }

  get pid(): number {
    return this.child.pid ?? -1
  }

  /** Runs a command. Throws if it hangs. */
  async run(...args: string[]): Promise<CliResult> {
    const answer = once(this.child, 'message', { signal: AbortSignal.timeout(LONGEST_MS) })
    this.child.send({ args })
    const [result] = await answer.catch(() => {
      throw new Error(`it hangs: agentvm ${args.join(' ')}`)
    })
    return result
  }

  async json<T>(...args: string[]): Promise<T> {
    const { code, stdout, stderr } = await this.run(...args, '--json')
    if (code !== 0) throw new Error(`agentvm ${args.join(' ')}: exit code ${code}\n${stdout}${stderr}`)
    return JSON.parse(stdout) as T
  }

  stop(): void {
    this.child.kill()
  }
}
