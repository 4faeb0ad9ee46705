import { spawn } from 'node:child_process'
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
} from 'node:fs'
import { basename, join, relative } from 'node:path'
import type { AgentRecord } from '../../src/agents/state/record.ts'
import { AgentStore } from '../../src/agents/state/store.ts'
import { Home } from '../../src/settings/home.ts'
import { type CliResult, outcome, processesWith, RUN_JS, TestHome } from './agentvm.ts'

const FAULTS = join(import.meta.dirname, 'faults.mjs')

/** Which effect of a command goes wrong, and how; see `faults.mjs`. */
export interface Fault {
  /** Counted from 1. */
  at: number
  kind: 'kill' | 'torn' | 'ENOSPC' | 'EDQUOT' | 'EROFS' | 'EIO' | 'EMFILE' | 'ESTRANGE'
  /** Every later write fails, too. */
  stays?: boolean
}

/** A home that can be put back as it was, and commands against it that go wrong where one wants. */
export class FaultyHome extends TestHome {
  readonly home = new Home({ AGENTVM_HOME: this.path })

  /** The agents as their state files say, without a word of a damaged one. */
  records(): AgentRecord[] {
    return new AgentStore(this.home).all((problem) => {
      throw problem
    })
  }

  private get template(): string {
    return `${this.path}.template`
  }

  /** Keeps the home as it is now, for {@link reset}. Nothing runs in it. */
  keep(): void {
    mkdirSync(this.path, { recursive: true, mode: 0o700 })
    cpSync(this.path, this.template, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true })
  }

  async reset(): Promise<void> {
    if (processesWith(this.path).length > 0) await this.run(['purge', '--force'])
    rmSync(this.path, { recursive: true, force: true })
    cpSync(this.template, this.path, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true })
  }

  /** Runs a command and lets one of its effects go wrong. */
  async runFaulty(args: readonly string[], { at, kind, stays }: Fault): Promise<CliResult> {
    return this.preloaded(args, {
      FAULT_AT: `${at}`,
      FAULT_KIND: kind,
      ...(stays ? { FAULT_STAYS: '1' } : {}),
    })
  }

  /** Names of a command's effects, in their order: the first one is number 1. */
  async effects(args: readonly string[]): Promise<string[]> {
    const trace = `${this.path}.trace`
    rmSync(trace, { force: true })
    const { code, stderr } = await this.preloaded(args, { FAULT_TRACE: trace })
    if (code !== 0) throw new Error(`agentvm ${args.join(' ')}: exit code ${code}\n${stderr}`)
    return readFileSync(trace, 'utf8').trimEnd().split('\n')
  }

  /** Locks, temporary files, sockets and folders of no agent: what nobody should find once all is done. */
  litter(): string[] {
    const found: string[] = []
    const walk = (folder: string, depth: number) => {
      for (const name of existsSync(folder) ? readdirSync(folder) : []) {
        const path = join(folder, name)
        if (/\.\d+\.[0-9a-f]{8}$|\.lock$|\.break$|\.previous$|^\.going-/.test(name)) {
          found.push(relative(this.path, path))
        } else if (depth > 0 && lstatSync(path).isDirectory()) walk(path, depth - 1)
      }
    }
    walk(this.path, 3)
    const states = this.leftovers('state')
      .filter((name) => name.endsWith('.env'))
      .map((path) => this.read(path))
    const isKnown = (id: string) => states.some((state) => state.includes(id))
    const ofNobody = this.leftovers('run', 'homes', 'secrets', 'baselines').filter(
      (path) => !isKnown(basename(path)),
    )
    return [...found, ...ofNobody.filter((path) => !/^run\/(?:proxy|p$)/.test(path))]
  }

  private async preloaded(args: readonly string[], env: Record<string, string>): Promise<CliResult> {
    const argv = ['--import', FAULTS, RUN_JS, ...args]
    return outcome(
      spawn(process.execPath, argv, {
        env: { ...process.env, NODE_V8_COVERAGE: '', AGENTVM_HOME: this.path, ...env },
      }),
    )
  }
}

/** Pids of processes whose home this is, with their command lines, except the network proxy. */
export function processesOf(home: TestHome): string[] {
  return processesWith(home.path).flatMap((pid) => {
    const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
    return /proxy\/main/.test(line) ? [] : `${pid} ${line} ${readlinkSync(`/proc/${pid}/exe`)}`
  })
}
