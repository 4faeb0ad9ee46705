import type { Context } from '../agents/context.ts'
import { Refused, type RefusedMessage } from '../agents/delivery/refused.ts'
import { type SendOptions, type Sent, sendToAgent } from '../agents/delivery/send.ts'
import { failureText } from '../terminal/failure-text.ts'
import { sentText } from '../terminal/sent-text.ts'

/** Sends a message to one agent and says what came of it. One that is refused sets the exit code 1, and is said on standard error. */
export async function sendAndReport(
  context: Context,
  name: string,
  text: Uint8Array,
  options: SendOptions,
  log: (line: string) => void,
): Promise<Sent | RefusedMessage> {
  try {
    const sent = await sendToAgent(context, name, text, options)
    log(sentText(sent))
    return sent
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    process.exitCode = 1
    process.stderr.write(failureText(error.what, error.fix))
    return refusedMessage(name, error)
  }
}

/** A refusal as `--json` prints it. */
export function refusedMessage(name: string, { reason, what }: Refused): RefusedMessage {
  return { name, outcome: 'refused', reason, error: what }
}
