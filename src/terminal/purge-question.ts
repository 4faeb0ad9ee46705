import type { PurgePreview } from '../agents/end/purge-preview.ts'
import { formatBytes } from './bytes.ts'

/** What `purge` would take, one line an agent. */
export function purgeList(previews: readonly PurgePreview[]): string {
  return previews
    .map(({ name, running, attached, bytes, work }) => {
      const facts = [
        running ? 'running' : 'dead',
        ...(attached > 0 ? ['somebody is attached'] : []),
        ...(work === undefined ? [] : [work]),
        formatBytes(bytes),
      ]
      return `  ${name}: ${facts.join('; ')}`
    })
    .join('\n')
}

/** What `purge` asks. */
export function purgeQuestion(previews: readonly PurgePreview[]): string {
  const running = previews.filter((preview) => preview.running).length
  const bytes = previews.reduce((sum, preview) => sum + preview.bytes, 0)
  return `This ends ${count(running, 'running agent')} and moves ${count(previews.length, 'agent')} to the trash, ${formatBytes(bytes)}.`
}

function count(number: number, one: string): string {
  return `${number} ${one}${number === 1 ? '' : 's'}`
}
