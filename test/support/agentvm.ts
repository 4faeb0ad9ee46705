import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

/** The built CLI, as users have it. */
export const RUN_JS = join(import.meta.dirname, '..', '..', 'bin', 'run.cjs')
/** The built CLI before it is bundled. */
export const UNBUNDLED_JS = join(import.meta.dirname, '..', '..', 'bin', 'unbundled.js')

/** What a command came to. */
export interface CliResult {
  /** 128 + N if it was ended by signal N. */
  code: number
  stdout: string
  stderr: string
}

/** How to call a command. */
export interface CliOptions {
  env?: Record<string, string>
  input?: string
  cwd?: string
}

/** An AGENTVM_HOME of its own for one test, and the real CLI against it. */
export class TestHome {
  readonly path: string
  private readonly parent: string

  constructor(name = 'home') {
    this.parent = mkdtempSync(join(tmpdir(), 'agentvm-it-'))
    this.path = join(this.parent, name)
  }

  /** Starts a command and leaves it running. */
  start(args: readonly string[], { env = {}, cwd }: CliOptions = {}): ChildProcess {
    const covered = isCovered(args[0])
    return spawn(process.execPath, [covered ? UNBUNDLED_JS : RUN_JS, ...args], {
      env: { ...process.env, ...(covered ? {} : { NODE_V8_COVERAGE: '' }), AGENTVM_HOME: this.path, ...env },
      ...(cwd ? { cwd } : {}),
    })
  }

  /** Runs a command to its end. */
  async run(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
    return outcome(this.start(args, options), options.input)
  }

  /** Runs a command that must succeed, and returns what it printed. */
  async ok(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(args)
    if (code !== 0) throw new Error(`agentvm ${args.join(' ')}: exit code ${code}\n${stdout}${stderr}`)
    return stdout
  }

  /** Runs a command with --json and parses what it printed. */
  async json<T = never>(...args: string[]): Promise<T> {
    const dashes = args.indexOf('--')
    const at = dashes < 0 ? args.length : dashes
    return JSON.parse(await this.ok(...args.slice(0, at), '--json', ...args.slice(at))) as T
  }

  file(...parts: string[]): string {
    return join(this.path, ...parts)
  }

  read(...parts: string[]): string {
    return readFileSync(this.file(...parts), 'utf8')
  }

  /** A file as soon as something is in it: a shell creates it before it writes to it. */
  written(...parts: string[]): Promise<string> {
    return until(() => (existsSync(this.file(...parts)) ? this.read(...parts) : undefined), parts.join('/'))
  }

  /** Everything left below these folders. */
  leftovers(...folders: string[]): string[] {
    return folders.flatMap((folder) =>
      existsSync(this.file(folder)) ? readdirSync(this.file(folder)).map((name) => `${folder}/${name}`) : [],
    )
  }

  /** Ends what still runs and removes the home. */
  async remove(): Promise<void> {
    await this.run(['purge', '--force'])
    await this.endStarted()
    rmSync(this.parent, { recursive: true, force: true })
  }

  /** Called by {@link remove} before the files go: ends what would go on writing some. */
  protected async endStarted(): Promise<void> {}
}

/** Runs of one command whose coverage is kept: each costs a megabyte and a tenth of a second, and there are thousands. */
const COVERED_RUNS = 4
const runs = new Map<string | undefined, number>()

/** Whether a run of a command writes its coverage: the first ones do, where the runner wants any, and they run what isn't bundled. */
function isCovered(command: string | undefined): boolean {
  const count = (runs.get(command) ?? 0) + 1
  runs.set(command, count)
  return Boolean(process.env.NODE_V8_COVERAGE) && count <= COVERED_RUNS
}

/** What a started command comes to. */
export async function outcome(child: ChildProcess, input = ''): Promise<CliResult> {
  child.stdin?.on('error', () => {})
  child.stdin?.end(input)
  const [[code, signal], stdout, stderr] = await Promise.all([
    once(child, 'close'),
    text(child.stdout as NonNullable<ChildProcess['stdout']>),
    text(child.stderr as NonNullable<ChildProcess['stderr']>),
  ])
  return { code: code ?? 128 + (constants.signals[signal as NodeJS.Signals] ?? 0), stdout, stderr }
}

/** Looks again and again until something holds. Throws after half a minute, or `longestMs`: a busy machine pauses for seconds. */
export async function until<T>(
  look: () => T | Promise<T>,
  what: string,
  longestMs = 30_000,
): Promise<NonNullable<T>> {
  const deadline = Date.now() + longestMs
  for (;;) {
    const seen = await look()
    if (seen) return seen as NonNullable<T>
    if (Date.now() > deadline) throw new Error(`it never came: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** Pids of live processes whose command line holds a word. */
export function processesWith(word: string): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .filter((pid) => Number(pid) !== process.pid && readProc(pid, 'cmdline').includes(word))
    .filter((pid) => !/^State:\s+[ZX]/m.test(readProc(pid, 'status')))
    .map(Number)
}

/** Whether a process has become this program: until then its words may stand in the command line of who is to start it. */
export function isExecuted(...argv: string[]): boolean {
  const cmdline = `${argv.join('\0')}\0`
  return processesWith(cmdline).some((pid) => readProc(`${pid}`, 'cmdline') === cmdline)
}

/** Whether a command has come so far that it waits for the end of an agent: it holds what tells it. */
export function awaitsAnEnd({ pid }: ChildProcess): boolean {
  const folder = `/proc/${pid}/fd`
  try {
    return readdirSync(folder).some((fd) => readlinkSync(join(folder, fd)).endsWith('/alive'))
  } catch {
    return false
  }
}

/** A file of a process's in `/proc`; empty if the process is gone. */
export function readProc(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return ''
  }
}
