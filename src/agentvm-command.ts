import { Command, Flags } from '@oclif/core'
import { badUsage } from './command-line/bad-usage.ts'
import { UserError } from './errors.ts'
import { Home } from './settings/home.ts'
import { requireOwnHome } from './settings/own-home.ts'
import { systemError } from './system/system-error.ts'
import { failureText } from './terminal/failure-text.ts'
import { printLine, printText, standardOutput } from './terminal/standard-output.ts'
import type { TableStream } from './terminal/table.ts'

/**
 * What every command shares: `--json` (pretty on a terminal, one line otherwise), errors with their fix and exit
 * code, the home. A command's `run` returns what `--json` prints and prints for people itself with `log`.
 */
export abstract class AgentvmCommand extends Command {
  static override enableJsonFlag = true
  /** False for a command that says something of agentvm itself, and for one that looks for what is wrong. */
  protected static readonly needsHome: boolean = true
  protected readonly home = new Home()
  /** Exit code of an error that isn't bad usage and names no code of its own. `run` sets 125: the agent's own codes lie below. */
  protected readonly failsBeforeStart: number = 1

  /** Prints a line for people: nothing with `--json`. */
  override log(message: unknown = '', ...args: unknown[]): void {
    if (!this.jsonEnabled()) printLine(message, ...args)
  }

  /** Prints text as it is, for people: nothing with `--json`. */
  protected print(text: string): void {
    if (!this.jsonEnabled()) printText(text)
  }

  /** Standard output as a table or colours depend on it. */
  protected get stdout(): TableStream {
    return standardOutput()
  }

  protected override async init(): Promise<void> {
    await super.init()
    if ((this.ctor as typeof AgentvmCommand).needsHome) requireOwnHome(this.home.root)
  }

  protected override logJson(json: unknown): void {
    printText(`${JSON.stringify(json, null, this.stdout.isTTY ? 2 : 0)}\n`)
  }

  protected override toErrorJson(error: unknown): unknown {
    const { message, what = message, fix, exitCode } = error as UserError
    return { error: { message: what, ...(fix ? { fix } : {}), exit_code: exitCodeOf(error, exitCode) } }
  }

  protected override async catch(thrown: Error & { exitCode?: number }): Promise<unknown> {
    const error = this.inOurWords(thrown)
    const own = exitCodeOf(error, error.exitCode)
    const exit = own === 1 ? this.failsBeforeStart : own
    if (this.jsonEnabled()) {
      this.logJson(this.toErrorJson(error))
      return this.exit(exit)
    }
    if ('exitCode' in error && error.exitCode !== undefined) {
      const { what, fix } = error instanceof UserError ? error : { what: error.message, fix: undefined }
      process.stderr.write(failureText(what, fix))
      if (process.env.DEBUG) process.stderr.write(`${error.stack}\n`)
      return this.exit(exit)
    }
    if ('oclif' in error) throw error
    const { reportCrash } = await import('./command-line/crash-report.ts')
    process.stderr.write(
      reportCrash(error, {
        home: this.home,
        command: this.id,
        argv: this.argv,
        version: this.config.version,
      }),
    )
    return this.exit(exit)
  }

  /** A mistake on the command line, or a failed system call, as an error of ours. */
  private inOurWords(error: Error & { exitCode?: number }): Error & { exitCode?: number } {
    const usage = badUsage(error, this.ctor)
    if (usage) return new UserError(usage.message, { fix: usage.fix, exitCode: 2, cause: error })
    return systemError(error) ?? error
  }
}

function exitCodeOf(error: unknown, own: number | undefined): number {
  return own ?? (error as { oclif?: { exit?: number } }).oclif?.exit ?? 1
}

export { Flags }
