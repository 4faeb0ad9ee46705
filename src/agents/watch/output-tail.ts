import { fileVersion } from '../../system/files.ts'
import { readLogs } from '../log/logs.ts'
import type { AgentRecord } from '../state/record.ts'

/** The last lines of logs, read again only when a log has changed. */
export class OutputTails {
  private readonly lines: number
  private tails = new Map<string, { version: string; lines: string[] }>()

  /** `lines`: how many to keep of each. */
  constructor(lines: number) {
    this.lines = lines
  }

  /** The last lines of these agents' logs, by id, plain text. Forgets all others. */
  async look(records: readonly AgentRecord[]): Promise<Map<string, string[]>> {
    const before = this.tails
    this.tails = new Map()
    // One after the other: a thousand at once would need as many descriptors.
    for (const record of records) {
      const version = fileVersion(record.logFile)
      const known = before.get(record.id)
      if (known?.version === version) this.tails.set(record.id, known)
      else {
        const [log] = await readLogs([record], { lines: this.lines, raw: false })
        this.tails.set(record.id, { version, lines: log?.lines ?? [] })
      }
    }
    return new Map([...this.tails].map(([id, { lines }]) => [id, lines]))
  }
}
