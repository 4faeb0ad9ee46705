import { Flags } from '@oclif/core'
import { UserError } from '../errors.ts'
import type { PolicyWishes } from '../policy/choices.ts'
import { parseSize } from '../settings/size.ts'

/** The flags by which `spawn` and `run` bound an agent and keep it from what the host would run. */
export const policyFlags = {
  memory: numberFlag(parseSize, {
    description: 'memory of the agent, such as 4G; 0 for no bound',
    helpValue: 'SIZE',
  }),
  cpus: numberFlag((text) => plainNumber(text, /^\d{1,4}(?:\.\d{1,2})?$/), {
    description: 'CPU time of the agent in cores, such as 1.5; 0 for no bound',
    helpValue: 'CORES',
  }),
  pids: numberFlag((text) => plainNumber(text, /^\d{1,9}$/), {
    description: 'processes and threads of the agent; 0 for no bound',
    helpValue: 'N',
  }),
  'require-limits': Flags.boolean({ description: 'refuse to start if a limit can not be enforced as asked' }),
  protect: Flags.option({
    options: ['existing', 'strict', 'off'] as const,
    description: 'what of .git/hooks, .envrc, .vscode and the like the agent can not change',
  })(),
  'git-config': Flags.option({
    options: ['ro', 'rw'] as const,
    description: 'whether the agent may change .git/config of a repository that it was given',
  })(),
}

/** {@link policyFlags} as parsed. */
export interface ParsedPolicyFlags {
  memory?: number | undefined
  cpus?: number | undefined
  pids?: number | undefined
  'require-limits': boolean
  protect?: PolicyWishes['protect']
  'git-config'?: PolicyWishes['gitConfig']
}

/** What the flags ask for; fields that they don't name are absent. */
export function policyWishes(flags: ParsedPolicyFlags): PolicyWishes {
  const limits = {
    ...(flags.memory === undefined ? {} : { memory: flags.memory }),
    ...(flags.cpus === undefined ? {} : { cpus: flags.cpus }),
    ...(flags.pids === undefined ? {} : { processes: flags.pids }),
  }
  return {
    ...(Object.keys(limits).length > 0 ? { limits } : {}),
    ...(flags.protect ? { protect: flags.protect } : {}),
    ...(flags['git-config'] ? { gitConfig: flags['git-config'] } : {}),
  }
}

function numberFlag(
  read: (text: string) => number | undefined,
  options: { description: string; helpValue: string },
) {
  return Flags.custom<number>({
    ...options,
    parse: async (text) => {
      const value = read(text)
      if (value !== undefined) return value
      throw new UserError(`'${text}' is not ${options.helpValue === 'SIZE' ? 'a size' : 'a number'}`, {
        fix: `use ${options.description.replace(/^.* such as ([^;]+);.*$/, 'for example $1')}`,
        exitCode: 2,
      })
    },
  })()
}

function plainNumber(text: string, form: RegExp): number | undefined {
  return form.test(text) ? Number(text) : undefined
}
