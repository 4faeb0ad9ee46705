import { text } from 'node:stream/consumers'
import { Flags } from '@oclif/core'
import type { SpawnRequest } from '../agents/spawn/plan.ts'
import { tagsFromFlags } from '../agents/state/tags.ts'
import { UserError } from '../errors.ts'
import { readUserFile } from '../system/user-files.ts'
import { type ParsedPolicyFlags, policyFlags, policyWishes } from './policy-flags.ts'

/** The flags by which `spawn` and `run` say what an agent is and may do. */
export const spawnFlags = {
  profile: Flags.string({ char: 'p', description: 'profile of the agent CLI', helpValue: 'PROFILE' }),
  prompt: Flags.string({
    char: 'P',
    description: 'file with the first prompt; - reads standard input',
    helpValue: 'FILE',
  }),
  message: Flags.string({
    char: 'm',
    description: 'the first prompt itself',
    helpValue: 'TEXT',
    exclusive: ['prompt'],
  }),
  tag: Flags.string({
    char: 't',
    description: 'tag, repeatable',
    helpValue: 'KEY=VALUE',
    multiple: true,
    multipleNonGreedy: true,
  }),
  env: Flags.string({
    char: 'e',
    description: 'environment variable, repeatable; without a value it comes from the env file or your shell',
    helpValue: 'NAME[=VALUE]',
    multiple: true,
    multipleNonGreedy: true,
  }),
  'from-dir': Flags.string({
    description: 'fill the workspace with a copy of this folder (all but what its .agentvmignore names)',
    helpValue: 'DIR',
    exclusive: ['from-git'],
  }),
  'from-git': Flags.string({
    description: 'fill the workspace with a clone of this repository: an address or a path',
    helpValue: 'URL',
  }),
  ref: Flags.string({
    description: 'branch, tag or commit of --from-git',
    helpValue: 'REF',
    aliases: ['branch'],
  }),
  sandbox: Flags.string({ description: 'sandbox backend', helpValue: 'BACKEND' }),
  net: Flags.option({
    options: ['host', 'none', 'allowlist'] as const,
    description: 'network: only allowed hosts (default), none, or the host’s own',
  })(),
  allow: Flags.string({
    description:
      'host that the agent may reach, repeatable: HOST, HOST:PORT, *.HOST, or @git, @npm, @pypi, @profile',
    helpValue: 'HOST',
    multiple: true,
    multipleNonGreedy: true,
  }),
  ro: Flags.string({
    description: 'host path that the agent may read, repeatable',
    helpValue: 'PATH',
    multiple: true,
    multipleNonGreedy: true,
  }),
  rw: Flags.string({
    description: 'host path that the agent may change, repeatable',
    helpValue: 'PATH',
    multiple: true,
    multipleNonGreedy: true,
  }),
  ...policyFlags,
  gitlawb: Flags.boolean({
    allowNo: true,
    aliases: ['id'],
    description: 'give it a gitlawb DID of its own, which signs its commits',
  }),
  'identity-mode': Flags.option({
    options: ['socket', 'file'] as const,
    description: "where the DID's private key is: on the host only (default), or also a file in its home",
  })(),
  'require-gitlawb': Flags.boolean({
    description: 'rather not start than with a DID that is not registered',
  }),
  unsafe: Flags.boolean({ description: "use the profile's autonomous flags even without a sandbox" }),
}

interface ParsedFlags extends ParsedPolicyFlags {
  profile?: string | undefined
  message?: string | undefined
  tag?: string[] | undefined
  env?: string[] | undefined
  'from-dir'?: string | undefined
  'from-git'?: string | undefined
  ref?: string | undefined
  sandbox?: string | undefined
  net?: SpawnRequest['network']
  allow?: string[] | undefined
  ro?: string[] | undefined
  rw?: string[] | undefined
  unsafe: boolean
  gitlawb?: boolean | undefined
  'identity-mode'?: SpawnRequest['identityMode']
  'require-gitlawb': boolean
}

/** Turns parsed flags into what the domain takes. */
export function spawnRequest(
  name: string,
  flags: ParsedFlags,
  rest: Pick<SpawnRequest, 'command' | 'prompt' | 'tty' | 'structured'>,
): SpawnRequest {
  return {
    name,
    profile: flags.profile,
    ...rest,
    tags: tagsFromFlags(flags.tag ?? []),
    env: flags.env ?? [],
    seed: { fromDir: flags['from-dir'], fromGit: flags['from-git'], ref: flags.ref },
    sandbox: flags.sandbox,
    network: flags.net,
    allow: flags.allow ?? [],
    readOnly: flags.ro ?? [],
    readWrite: flags.rw ?? [],
    wishes: policyWishes(flags),
    requireLimits: flags['require-limits'],
    unsafe: flags.unsafe,
    gitlawb: flags.gitlawb,
    identityMode: flags['identity-mode'],
    requireGitlawb: flags['require-gitlawb'],
  }
}

/** The first prompt that the flags give, or undefined. Throws a {@link UserError} if its file can't be read. */
export async function promptFromFlags(flags: {
  prompt?: string | undefined
  message?: string | undefined
}): Promise<string | undefined> {
  if (flags.message !== undefined) return flags.message
  if (flags.prompt === undefined) return undefined
  if (flags.prompt === '-') return text(process.stdin)
  return readUserFile(flags.prompt).toString()
}

/** The prompt that was piped in, or undefined on a terminal or an empty pipe. */
export async function pipedPrompt(): Promise<string | undefined> {
  if (process.stdin.isTTY) return undefined
  const piped = await text(process.stdin)
  return piped === '' ? undefined : piped
}

/** What stands after the first `--`, byte for byte: oclif's parser reorders it. Undefined if there is no `--`. */
export function splitCommand(argv: readonly string[]): { own: string[]; command: string[] | undefined } {
  const dashes = argv.indexOf('--')
  if (dashes < 0) return { own: [...argv], command: undefined }
  return { own: argv.slice(0, dashes), command: argv.slice(dashes + 1) }
}
