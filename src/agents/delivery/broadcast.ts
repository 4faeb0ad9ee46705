import { startingMany } from '../../system/starting-many.ts'
import type { Context } from '../context.ts'
import { forEachAgent, type Outcome } from '../each.ts'
import { listAgents } from '../report/view.ts'
import { type SendOptions, type Sent, sendToAgent } from './send.ts'

/** Types text into the terminals of all running agents with these tags, at once. Runs without a terminal aren't meant. */
export async function broadcast(
  context: Context,
  tags: Record<string, string>,
  text: Uint8Array,
  options: SendOptions,
  onDone: (outcome: Outcome<Sent>) => void,
): Promise<Outcome<Sent>[]> {
  const rows = await listAgents(context, { tags, status: 'running' })
  const names = rows.filter(({ session }) => session !== null).map(({ name }) => name)
  const send = (name: string) => sendToAgent(context, name, text, options)
  return startingMany(() => forEachAgent(names, send, { onDone }))
}
