import { execFileSync, spawn } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import type { AgentRecord } from '../../../src/agents/state/record.ts'
import { AgentStore } from '../../../src/agents/state/store.ts'
import { Home } from '../../../src/settings/home.ts'
import { outcome, processesWith, RUN_JS, readProc, TestHome, until } from '../agentvm.ts'
import type { WorkerResult } from '../cli-worker.ts'

const FAULTS = join(import.meta.dirname, 'preload.mjs')

/** What asks a command to end: Ctrl-C, a service manager, a closed terminal. */
export type EndingSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP'

/** Which effect of a command goes wrong, and how; see `preload.mjs`. */
export interface Fault {
  /** Counted from 1. */
  at: number
  kind: 'kill' | 'torn' | EndingSignal | 'ENOSPC' | 'EDQUOT' | 'EROFS' | 'EIO' | 'EMFILE' | 'ESTRANGE'
  /** Every later write fails, too. */
  stays?: boolean
}

/** Names of locks, and of what is written or fetched aside before it counts. */
const LITTER =
  /\.\d+\.[0-9a-f]{8}$|\.lock$|\.break$|\.previous$|^\.going-|^\..+\.[0-9a-f]{12}$|\.edit-|^(?:staging|check|diff|fifos|new|\.self-test|agentvm-[a-z]+)-\d+-|^agentvm-[a-z]+-[A-Za-z0-9]{6}$|^current\.|^\..*-[A-Za-z0-9]{6}$/

/** Locks of processes that nobody waits for: once the home is swept, one that is there is held. */
const IN_BACKGROUND = /^(?:register|attendant)\.lock$/

/** A home that can be put back as it was, and commands against it that go wrong where one wants. */
export class FaultyHome extends TestHome {
  readonly home = new Home({ AGENTVM_HOME: this.path })
  /** Where commands have their temporary files that are outside of the home. */
  protected readonly temporary = `${this.path}.tmp`
  /** Of commands that go wrong. */
  protected readonly env: Record<string, string> = { TMPDIR: this.temporary }

  /** The agents as their state files say, without a word of a damaged one. */
  records(): AgentRecord[] {
    return new AgentStore(this.home).all((problem) => {
      throw problem
    })
  }

  /** A folder of the user's, which is put back along with the home. */
  get files(): string {
    return join(dirname(this.path), 'files')
  }

  /** Keeps the home as it is now, for {@link reset}. Nothing runs in it. */
  keep(): void {
    for (const folder of [this.path, this.files]) {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      copyFolder(folder, `${folder}.kept`)
    }
  }

  async reset(): Promise<void> {
    rmSync(this.temporary, { recursive: true, force: true })
    mkdirSync(this.temporary)
    if (processesWith(this.path).length > 0) await this.ok('purge', '--force')
    await this.endStarted()
    for (const folder of [this.path, this.files]) {
      rmSync(folder, { recursive: true, force: true })
      copyFolder(`${folder}.kept`, folder)
    }
  }

  /** Ends what commands have left running in the background, such as the attendant: it would go on in the home as it will be. */
  protected override async endStarted(): Promise<void> {
    const ofHome = () =>
      processesWith(RUN_JS).filter((pid) =>
        `\0${readProc(`${pid}`, 'environ')}`.includes(`\0AGENTVM_HOME=${this.path}\0`),
      )
    await until(() => {
      const left = ofHome()
      for (const pid of left) tryKill(pid)
      return left.length === 0
    }, 'the end of what was started')
  }

  /** Runs a command and lets one of its effects go wrong. */
  async runFaulty(args: readonly string[], { at, kind, stays }: Fault): Promise<WorkerResult> {
    const fault = { FAULT_AT: `${at}`, FAULT_KIND: kind, ...(stays ? { FAULT_STAYS: '1' } : {}) }
    return this.traced(args, fault)
  }

  /** Names of a command's effects, in their order: the first one is number 1. */
  async effects(args: readonly string[]): Promise<string[]> {
    const { code, stderr, effects = [] } = await this.traced(args, {})
    if (code !== 0) throw new Error(`agentvm ${args.join(' ')}: exit code ${code}\n${stderr}`)
    return effects
  }

  /** Locks, temporary files, sockets and folders of no agent: what nobody should find once all is done. */
  litter(): string[] {
    const found = this.paths(3)
      .filter((path) => LITTER.test(basename(path)) && !IN_BACKGROUND.test(basename(path)))
      .map((path) => relative(this.path, path))
    const states = this.leftovers('state')
      .filter((name) => name.endsWith('.env'))
      .map((path) => this.read(path))
    const isKnown = (id: string) => states.some((state) => state.includes(id))
    const ofNobody = this.leftovers('run', 'homes', 'secrets', 'baselines').filter(
      (path) => !isKnown(basename(path)),
    )
    return [...found, ...ofNobody.filter((path) => !/^run\/(?:proxy|p$)/.test(path))]
  }

  /** Paths of what lies in the home, in the user's folder and among the temporary files, so many folders deep. */
  protected paths(depth: number): string[] {
    const below = (folder: string, left: number): string[] =>
      !existsSync(folder)
        ? []
        : readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
            const path = join(folder, entry.name)
            return [path, ...(left > 0 && entry.isDirectory() ? below(path, left - 1) : [])]
          })
    return [this.path, this.files, this.temporary].flatMap((folder) => below(folder, depth))
  }

  private async traced(args: readonly string[], fault: Record<string, string>): Promise<WorkerResult> {
    mkdirSync(this.temporary, { recursive: true })
    const trace = `${this.path}.trace`
    writeFileSync(trace, '')
    const faults = { FAULT_TRACE: trace, ...fault }
    // What is kept compiled is written by the first run alone.
    const own = { NODE_V8_COVERAGE: '', NODE_DISABLE_COMPILE_CACHE: '1', AGENTVM_HOME: this.path }
    const env = { ...process.env, ...own, ...this.env, ...faults }
    const result = await outcome(spawn(process.execPath, ['--import', FAULTS, RUN_JS, ...args], { env }))
    return { ...result, effects: readFileSync(trace, 'utf8').split('\n').filter(Boolean) }
  }
}

/** Pids of processes whose home this is, with their command lines, except the network proxy. */
export function processesOf(home: TestHome): string[] {
  return processesWith(home.path).flatMap((pid) => {
    const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
    return /proxy\/main/.test(line) ? [] : `${pid} ${line} ${readlinkSync(`/proc/${pid}/exe`)}`
  })
}

function copyFolder(from: string, to: string): void {
  // Node's own copy of a folder doesn't keep who may read it.
  rmSync(to, { recursive: true, force: true })
  execFileSync('cp', ['-a', from, to])
}

function tryKill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}
