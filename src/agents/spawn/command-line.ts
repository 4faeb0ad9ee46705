import type { HeadlessMode, Profile } from '@agentvm/sdk'
import { UserError } from '../../errors.ts'
import { resumeOr } from '../restart/resume-or.ts'

/** Longest prompt that goes as an argument: one argument may have 128 KiB on Linux. */
const LONGEST_ARGUMENT = 100_000

/** The file that holds a prompt for a CLI that wants one: nothing is left on the disk. */
const PROMPT_FILE = '/dev/stdin'

/** What decides the agent's command line. */
export interface CommandLineInput {
  profile: Profile | undefined
  /** argv after `--`. */
  command: string[] | undefined
  prompt: string | undefined
  /** Continue the last conversation, where the profile can, instead of giving the prompt. */
  resume?: boolean
  /** That conversation's id, where it is known. */
  conversation?: string | undefined
  /** Whether permission prompts may be turned off. */
  autonomous: boolean
  tty: boolean
  /** Without a terminal: have it print its structured output, where the profile can read that. */
  structured?: boolean
}

/** The agent's argv, and the prompt where it isn't part of it. */
export interface CommandLine {
  argv: [string, ...string[]]
  /** The program that it needs on the host. */
  program: string
  prompts: { typedPrompt: string | undefined; stdinPrompt: string | undefined }
}

/** Puts the agent's command line together. Throws a {@link UserError} where a prompt can't be given. */
export function agentCommand(input: CommandLineInput): CommandLine {
  const { profile, command, prompt } = input
  if (!profile || command) {
    const argv = nonEmpty(command ?? ['/bin/sh'])
    return { argv, program: argv[0], prompts: byStreams(prompt, input.tty) }
  }
  return input.tty ? interactive(profile, input) : headless(profile, input)
}

function interactive(profile: Profile, input: CommandLineInput): CommandLine {
  const { prompt, autonomous } = input
  const argv: CommandLine['argv'] = [...profile.command]
  const line = { argv, program: profile.command[0], prompts: byStreams(undefined, true) }
  if (autonomous) argv.push(...profile.autonomousArgs)
  argv.push(...(profile.nestedSandbox?.args ?? []))
  const resumed = resumeArgs(profile, input)
  if (resumed?.mayFail) {
    return { ...line, argv: resumeOr([...argv, ...resumed.args], [...argv, ...promptArgs(profile, prompt)]) }
  }
  if (resumed) {
    argv.push(...resumed.args)
    return line
  }
  if (prompt === undefined) return line
  if (profile.prompt.via === 'typed' || prompt.length > LONGEST_ARGUMENT) {
    return { ...line, prompts: byStreams(prompt, true) }
  }
  argv.push(...promptArgs(profile, prompt))
  return line
}

/** The arguments that resume a conversation, and whether there may be none to resume: an id is what the agent says it is. */
function resumeArgs(
  { resume: can }: Profile,
  { resume, conversation }: CommandLineInput,
): { args: string[]; mayFail: boolean } | undefined {
  if (!resume) return undefined
  if (can?.id && conversation !== undefined) {
    return { args: can.id.map((arg) => arg.replaceAll('{id}', () => conversation)), mayFail: true }
  }
  return can?.last && { args: can.last, mayFail: can.emptyLastFails ?? false }
}

/** The arguments that give a prompt; none where it can't be given so. */
function promptArgs(profile: Profile, prompt: string | undefined): string[] {
  if (prompt === undefined || profile.prompt.via === 'typed' || prompt.length > LONGEST_ARGUMENT) return []
  return fill(profile.prompt.args, prompt)
}

function headless(profile: Profile, { prompt, autonomous, structured }: CommandLineInput): CommandLine {
  const mode = profile.headless
  if (!mode) throw new UserError(`${profile.label} has no one-shot mode`, { fix: 'use agentvm spawn' })
  if (prompt === undefined) {
    throw new UserError('there is no prompt', {
      fix: 'give one with --prompt FILE, -m TEXT, or on standard input',
      exitCode: 2,
    })
  }
  const [program, ...args] = profile.command
  const argv: CommandLine['argv'] = [program, ...args, ...fill(mode.args, prompt)]
  if (structured) argv.push(...(mode.events?.args ?? []))
  if (autonomous) argv.push(...mode.autonomousArgs)
  return {
    argv,
    program,
    prompts: { typedPrompt: undefined, stdinPrompt: takesStdin(mode) ? prompt : undefined },
  }
}

/** Whether the prompt goes to standard input: that is also the file that can hold it. */
function takesStdin({ args, stdin }: HeadlessMode): boolean {
  return stdin === 'prompt' || args.some((arg) => arg.includes('{promptFile}'))
}

function byStreams(prompt: string | undefined, tty: boolean): CommandLine['prompts'] {
  return { typedPrompt: tty ? prompt : undefined, stdinPrompt: tty ? undefined : prompt }
}

function fill(args: readonly string[], prompt: string): string[] {
  return args.map((arg) => arg.replaceAll('{promptFile}', PROMPT_FILE).replaceAll('{prompt}', () => prompt))
}

function nonEmpty(command: string[]): [string, ...string[]] {
  const [program, ...args] = command
  if (program) return [program, ...args]
  throw new UserError("there is no command after '--'", { fix: 'agentvm spawn NAME -- COMMAND', exitCode: 2 })
}
