import type { Context } from '../agents/context.ts'
import { broadcast } from '../agents/delivery/broadcast.ts'
import { Refused } from '../agents/delivery/refused.ts'
import type { SendOptions } from '../agents/delivery/send.ts'
import { describeTags } from '../agents/state/select.ts'
import { UserError } from '../errors.ts'
import { sentText } from '../terminal/sent-text.ts'
import { exitByOutcomes, outcomeRows, reportFailure } from './report.ts'
import { refusedMessage } from './send-command.ts'

/** Types text to all running agents with these tags and says of each what came of it. Throws a {@link UserError} if there are none: nobody got it. */
export async function broadcastAndReport(
  context: Context,
  tags: Record<string, string>,
  text: Uint8Array,
  options: SendOptions,
  log: (line: string) => void,
): Promise<object[]> {
  const outcomes = await broadcast(context, tags, text, options, (outcome) => {
    if (outcome.ok) log(sentText(outcome.value))
    else reportFailure(outcome)
  })
  if (outcomes.length === 0) {
    throw new UserError(`no running agents${describeTags(tags)}`, {
      fix: "'agentvm list' shows those that there are",
    })
  }
  exitByOutcomes(outcomes)
  const rows = outcomeRows(outcomes)
  return outcomes.map((outcome, index) =>
    !outcome.ok && outcome.error instanceof Refused
      ? { ...rows[index], ...refusedMessage(outcome.name, outcome.error) }
      : (rows[index] ?? {}),
  )
}
