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
import { progressLine } from '../terminal/progress-line.ts'

export default class Run extends AgentvmCommand {
  static override enableJsonFlag = false
  static override description =
    'Run one agent from start to end, for scripts and CI.\nStreams its output, exits with its exit code (124: time is up, 125: it never started, 126 and 127: command not executable, not found), and removes what it leaves.'
  static override examples = [
    { description: 'a prompt', command: '<%= config.bin %> run -p codex --timeout 600 --prompt task.md' },
    { description: 'any command', command: '<%= config.bin %> run --net none -- make test' },
    { description: 'a pipe', command: 'git diff | <%= config.bin %> run -- wc -l' },
  ]
  static override usage = 'run [FLAGS] [-- COMMAND…]'
  static override flags = {
    ...spawnFlags,
    name: Flags.string({ description: 'name of the agent', helpValue: 'NAME' }),
    timeout: secondsFlag({ description: 'end it after so many seconds' }),
    keep: Flags.boolean({ description: 'leave workspace, log and record when it has ended' }),
    tty: Flags.boolean({ description: 'give it a terminal' }),
  }

  protected override readonly failsBeforeStart = 125

  async run(): Promise<void> {
    const { own, command } = splitCommand(this.argv)
    const { flags } = await this.parse(Run, own)
    const context = createContext(this.home, this.config, { progress: progressLine() })
    const usesProfile = command === undefined
    const prompt = (await promptFromFlags(flags)) ?? (usesProfile ? await pipedPrompt() : undefined)
    const name = flags.name ?? `run-${randomBytes(4).toString('hex')}`
    const request = spawnRequest(name, flags, { command, prompt, tty: flags.tty })
    const options = {
      timeoutMs: flags.timeout === undefined ? undefined : flags.timeout * 1000,
      keep: flags.keep,
      graceMs: context.settings.killGrace * 1000,
    }
    const streams = {
      stdin: usesProfile || process.stdin.isTTY ? null : process.stdin,
      stdout: process.stdout,
      stderr: process.stderr,
    }
    process.exitCode = flags.tty
      ? await runInTerminal(context, request, options)
      : await runAgent(context, request, streams, options)
  }
}
