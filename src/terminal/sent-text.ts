import type { Sent } from '../agents/delivery/send.ts'

/** What came of a message, in a line. */
export function sentText({ name, outcome, id, duplicate, bytes, taken }: Sent): string {
  if (duplicate) return `${name}: ${id} is ${outcome === 'queued' ? 'queued' : 'sent'} already`
  if (outcome === 'queued') {
    return `${name}: queued as ${id}: it is sent once the agent is idle (agentvm queue remove ${name} ${id} takes it back)`
  }
  const began = taken === null ? '' : taken ? ', and it began' : ', but nothing moved yet'
  return `${name}: ${bytes} bytes typed${began}`
}
