import { fileVersion } from '../../system/files.ts'
import { readLogs } from '../log/logs.ts'
import type { AgentRecord } from '../record.ts'

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
    const tails = await Promise.all(
      records.map(async (record) => {
        const version = fileVersion(record.logFile)
        const known = this.tails.get(record.id)
        if (known?.version === version) return [record.id, known] as const
        const [log] = await readLogs([record], { lines: this.lines, raw: false })
        return [record.id, { version, lines: log?.lines ?? [] }] as const
      }),
    )
    this.tails = new Map(tails)
    return new Map(tails.map(([id, { lines }]) => [id, lines]))
  }
}
