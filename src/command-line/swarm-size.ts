import { UserError } from '../errors.ts'

/** How many agents a swarm has: by argument, by `--count`, else one a prompt. Throws a {@link UserError} unless exactly one number comes of it. */
export function swarmSize(
  argument: string | undefined,
  flag: string | undefined,
  prompts: number | undefined,
): number {
  if (argument !== undefined && flag !== undefined && argument !== flag) {
    throw new UserError(`there are two numbers: ${argument} and --count ${flag}`, {
      fix: 'give one of them',
      exitCode: 2,
    })
  }
  const given = argument ?? flag
  if (given === undefined && prompts !== undefined) return prompts
  if (given !== undefined && /^\d{1,6}$/.test(given)) return Number(given)
  throw new UserError(given === undefined ? 'how many agents?' : `'${given}' is not a number of agents`, {
    fix: 'agentvm swarm BASE N',
    exitCode: 2,
  })
}
