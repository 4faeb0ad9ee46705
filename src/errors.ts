import { constants } from 'node:os'

/** Something that the user can mend. `fix` is the command or the step that mends it. */
export class UserError extends Error {
  readonly fix: string | undefined
  /** The message as it was given. oclif's parser adds words of its own to `message`. */
  readonly what: string
  /** Process exit code: 1 failed, 2 bad usage, 124 timed out, 125 failed before the agent started, 126/127 command not executable / not found, 128 + N interrupted by signal N. */
  readonly exitCode: number

  constructor(message: string, options: { fix?: string; exitCode?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.name = 'UserError'
    this.what = message
    this.fix = options.fix
    this.exitCode = options.exitCode ?? 1
  }
}

/** Ctrl-C, or another signal to end, kept something from being done. Its exit code is 128 + the signal's number. */
export class Interrupted extends UserError {
  /** @param signal its name, as the `reason` of an aborted signal has it; SIGINT by default */
  constructor(message: string, options: { signal?: unknown; fix?: string; cause?: unknown } = {}) {
    const { signal, ...rest } = options
    const number = constants.signals[signal as NodeJS.Signals] ?? constants.signals.SIGINT
    super(message, { ...rest, exitCode: 128 + number })
    this.name = 'Interrupted'
  }
}

/** An external program that failed in a way that we didn't expect. */
export class ExternalCommandError extends Error {
  readonly argv: readonly string[]
  readonly stderr: string
  readonly exitCode = 1

  constructor(argv: readonly string[], stderr: string, options: { cause?: unknown } = {}) {
    super(`${argv[0]} failed: ${stderr.trim() || 'no message'}`, options)
    this.name = 'ExternalCommandError'
    this.argv = argv
    this.stderr = stderr
  }
}

/** A plugin that broke its contract. */
export class PluginError extends Error {
  readonly plugin: string
  readonly exitCode = 1

  constructor(plugin: string, message: string, options: { cause?: unknown } = {}) {
    super(`plugin ${plugin}: ${message}`, options)
    this.name = 'PluginError'
    this.plugin = plugin
  }
}
