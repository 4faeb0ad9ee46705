import { type Chain, closeOf } from './chain.ts'
import { isSealed } from './envelope.ts'
import { readRecord } from './record.ts'

/** Records from wherever they were found. Only those whose signature is good are in its chains. */
export class RecordSet {
  /** By home and agent. */
  readonly chains = new Map<string, Chain>()
  /** What was found among the records and is none, each with its place. */
  readonly problems: string[] = []

  /** Takes the lines of one place, such as a file; `isLedger`: the home's own. Returns how many records there were. */
  add(lines: readonly string[], place: string, isLedger = false): number {
    let count = 0
    for (const [index, line] of lines.entries()) {
      const record = readRecord(line)
      const problem =
        typeof record === 'string' ? record : isSealed(record.envelope) ? undefined : 'its signature is wrong'
      if (problem !== undefined || typeof record === 'string') {
        this.problems.push(`${place}, line ${index + 1}: ${problem}`)
      } else if ('says' in record) {
        const { home, agent } = record.says
        const chain = this.chain(home, agent.id)
        chain.records.set(record.envelope.hash, record)
        chain.isLedger ||= isLedger
        count += 1
      } else {
        for (const { agent } of record.closes.chains) {
          const close = closeOf(record, agent)
          if (close) this.chain(record.closes.home, agent).closes.push(close)
        }
      }
    }
    return count
  }

  private chain(home: string, agent: string): Chain {
    const key = `${home} ${agent}`
    const known = this.chains.get(key)
    if (known) return known
    const chain: Chain = { home, agent, records: new Map(), closes: [], isLedger: false }
    this.chains.set(key, chain)
    return chain
  }
}

/** The lines of a file of records. Each ends with a newline; what stands after the last one is a line that was cut. */
export function linesOf(text: string): string[] {
  const lines = text.split('\n')
  const rest = lines.pop()
  return rest === '' ? lines : [...lines, `${rest}…`]
}
