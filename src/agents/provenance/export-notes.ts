import { readRecord } from '../../provenance/record.ts'
import { linesOf } from '../../provenance/record-set.ts'
import type { RepositoryView } from '../../workspace/repository-view.ts'
import type { ClosedChain } from './export.ts'
import { NOTES_REF } from './sources.ts'

/**
 * The notes that put chains into a repository: each record on the commit that its run ended with, or the next one that
 * is there, so that all notes together hold each record once; the closing statement on the last. Only notes that
 * change. `agents`: how many of them have a commit there at all.
 */
export async function addedNotes(
  view: RepositoryView,
  chains: readonly ClosedChain[],
): Promise<{ notes: Map<string, string>; agents: number }> {
  const before = await view.notes(NOTES_REF)
  const present = new Set([...before.values()].flatMap(linesOf))
  const added = new Map<string, string[]>()
  const add = (commit: string, lines: string[]) =>
    added.set(commit, [...(added.get(commit) ?? []), ...lines.filter((line) => !present.has(line))])
  let agents = 0
  const closed = new Map<string, Set<string>>()
  for (const chain of chains) {
    const here = await view.existing(chain.lines.flatMap((line) => resultOf(line) ?? []))
    let waiting: string[] = []
    let last: string | undefined
    for (const line of chain.lines) {
      waiting.push(line)
      const result = resultOf(line)
      if (result === undefined || !here.has(result)) continue
      add(result, waiting)
      waiting = []
      last = result
    }
    if (last === undefined) continue
    agents += 1
    add(last, waiting)
    // In any case: the one that is there, which may be the same, makes room for it.
    added.get(last)?.push(chain.close)
    closed.set(last, new Set([...(closed.get(last) ?? []), chain.id]))
  }
  const notes = [...added].map(([commit, lines]): [string, string] => {
    const kept = linesOf(before.get(commit) ?? '').filter((line) => {
      const agent = closedBy(line)
      return line !== '' && !(agent && closed.get(commit)?.has(agent))
    })
    return [commit, `${[...kept, ...lines].join('\n')}\n`]
  })
  return { notes: new Map(notes.filter(([commit, text]) => text !== before.get(commit))), agents }
}

function resultOf(line: string): string | undefined {
  const record = readRecord(line)
  if (typeof record === 'string' || !('says' in record) || record.says.event !== 'end') return undefined
  return record.says.result.commit ?? undefined
}

/** The agent whose chain a line closes. */
function closedBy(line: string): string | undefined {
  const record = readRecord(line)
  return typeof record !== 'string' && 'closes' in record ? record.closes.chains[0]?.agent : undefined
}
