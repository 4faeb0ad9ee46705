import { UserError } from '../../errors.ts'
import type { Context } from '../context.ts'
import { listAgents } from '../report/view.ts'

/** Which agents a command is about: these names, or all those with these tags. */
export interface AgentChoice {
  names: readonly string[]
  /** Empty where names are given; with `all` it may be. */
  tags: Record<string, string>
  all: boolean
}

/**
 * The names of the agents that were chosen, in natural order where it wasn't by name. By tag or `all` only those of
 * the given status count. Whether there are agents of the names shows when they are used: of several, one unknown
 * doesn't stop the others. Throws a {@link UserError} for no choice, and for both kinds.
 */
export async function selectAgents(
  context: Context,
  choice: AgentChoice,
  status?: 'running' | 'dead',
): Promise<string[]> {
  checkChoice(choice)
  if (choice.names.length > 0) return [...choice.names]
  const rows = await listAgents(context, { tags: choice.tags, ...(status ? { status } : {}) })
  return rows.map(({ name }) => name)
}

/** Throws a {@link UserError} for no choice, and for one by name and by tag. */
export function checkChoice(choice: AgentChoice): void {
  const byTag = choice.all || Object.keys(choice.tags).length > 0
  if (choice.names.length === 0 && !byTag) {
    throw new UserError('which agent?', { fix: 'give names, --tag KEY=VALUE or --all', exitCode: 2 })
  }
  if (choice.names.length > 0 && byTag) {
    throw new UserError('there are both names and --tag or --all', { fix: 'give one of them', exitCode: 2 })
  }
}

/** The tags of a choice in words, for a message: ` with the tag a=b`. */
export function describeTags(tags: Record<string, string>): string {
  const pairs = Object.entries(tags).map(([key, value]) => `${key}=${value}`)
  return pairs.length === 0 ? '' : ` with the tag${pairs.length === 1 ? '' : 's'} ${pairs.join(', ')}`
}
