import { UserError } from '../../errors.ts'
import type { Context } from '../context.ts'
import { MessageQueue, type QueuedMessage } from './queue.ts'

/** A message as `queue list` prints it. */
export interface WaitingMessage extends QueuedMessage {
  agent: string
}

/** The messages that wait for these agents, or for all of them: in natural order of their names, oldest first. */
export function waitingMessages(context: Context, names: readonly string[]): WaitingMessage[] {
  const records =
    names.length > 0
      ? names.map((name) => context.store.get(name))
      : context.store.all((problem) => context.warn(problem.message))
  return records.flatMap(({ id, name }) =>
    queueOf(context, id)
      .list()
      .map((message) => ({ agent: name, ...message })),
  )
}

/** Takes back messages that wait for an agent: all of them, or those with these ids. Throws a {@link UserError}, taking none, if one isn't there. */
export async function takeBack(
  context: Context,
  name: string,
  ids: readonly string[] | 'all',
): Promise<string[]> {
  const queue = queueOf(context, context.store.get(name).id)
  return queue.exclusively(async () => {
    const waiting = queue.list().map(({ id }) => id)
    const missing = ids === 'all' ? [] : ids.filter((id) => !waiting.includes(id))
    if (missing.length === 0) return queue.remove(ids === 'all' ? waiting : ids)
    throw new UserError(`no message '${missing.join("', '")}' waits for agent '${name}'`, {
      fix: `'agentvm queue list ${name}' shows those that do; what was sent can't be taken back`,
    })
  })
}

function queueOf({ home }: Context, id: string): MessageQueue {
  return new MessageQueue(home.messageQueue(id))
}
