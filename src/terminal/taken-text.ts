import type { Sent } from '../agents/delivery/send.ts'

/** What is added where agentvm can tell whether an agent began with what was typed. */
export function takenText({ taken }: Sent): string {
  if (taken === null) return ''
  return taken ? ', and it began' : ', but nothing moved yet'
}
