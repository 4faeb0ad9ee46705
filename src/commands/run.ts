import { randomBytes } from 'node:crypto'
import { Flags } from '@oclif/core'
import { createContext } from '../agents/context.ts'
import { runAgent } from '../agents/run/run.ts'
import { runInTerminal } from '../agents/run/run-in-terminal.ts'
import { AgentvmCommand } from '../agentvm-command.ts'
import { secondsFlag } from '../command-line/duration-flag.ts'
import {
  pipedPrompt,
  promptFromFlags,
  spawnFlags,
  spawnRequest,
  splitCommand,
} from '../command-line/spawn-flags.ts'
import { UserError } from '../errors.ts'
import { progressLine } from '../terminal/progress-line.ts'
import { jsonRunEvents, RunPrinter } from '../terminal/run-events.ts'

export default class Run extends AgentvmCommand {
  static override description =
    'Run one agent from start to end, for scripts and CI.\nStreams its output, exits with its exit code (124: time is up, 125: it never started, 126 and 127: command not executable, not found), and removes what it leaves.\nWith a profile, its answer goes to standard output, its other messages, tools and cost to standard error; with --json, every event is a line.'
  static override examples = [
    { description: 'a prompt', command: '<%= config.bin %> run -p codex --timeout 600 --prompt task.md' },
    { description: 'any command', command: '<%= config.bin %> run --net none -- make test' },
    {
      description: 'what it cost',
      command:
        "<%= config.bin %> run -p claude-code -m 'fix the test' --json | jq 'select(.type == \"result\").usage'",
    },
    { description: 'a pipe', command: 'git diff | <%= config.bin %> run -- wc -l' },
  ]
  static override usage = 'run [FLAGS] [-- COMMAND…]'
  static override flags = {
    ...spawnFlags,
    name: Flags.string({ description: 'name of the agent', helpValue: 'NAME' }),
    timeout: secondsFlag({ description: 'end it after so many seconds' }),
    keep: Flags.boolean({ description: 'leave workspace, log and record when it has ended' }),
    tty: Flags.boolean({ description: 'give it a terminal' }),
    raw: Flags.boolean({
      description: "pass on what the profile's CLI prints by itself, unread",
      exclusive: ['tty', 'json'],
    }),
  }

  protected override readonly failsBeforeStart = 125

  async run(): Promise<undefined> {
    const { own, command } = splitCommand(this.argv)
    const { flags } = await this.parse(Run, own)
    const context = createContext(this.home, this.config, { progress: progressLine() })
    const usesProfile = command === undefined
    const prompt = (await promptFromFlags(flags)) ?? (usesProfile ? await pipedPrompt() : undefined)
    const name = flags.name ?? `run-${randomBytes(4).toString('hex')}`
    const json = this.jsonEnabled()
    if (json && flags.tty) throw new UserError('--json and --tty exclude each other', { exitCode: 2 })
    const shape = { tty: flags.tty, structured: !flags.raw }
    const request = spawnRequest(name, flags, { command, prompt, ...shape })
    const options = {
      timeoutMs: flags.timeout === undefined ? undefined : flags.timeout * 1000,
      keep: flags.keep,
      graceMs: context.settings.killGrace * 1000,
    }
    const streams = {
      stdin: usesProfile || process.stdin.isTTY ? null : process.stdin,
      stdout: process.stdout,
      stderr: process.stderr,
      ...(flags.raw ? {} : { events: json ? jsonRunEvents() : new RunPrinter() }),
    }
    process.exitCode = flags.tty
      ? await runInTerminal(context, request, options)
      : await runAgent(context, request, streams, options)
    return undefined
  }

  /** Each event has been printed as it came. */
  protected override logJson(json: unknown): void {
    if (json !== undefined) super.logJson(json)
  }
}
