import { fileVersion } from '../../system/files.ts'
import { readLogs, readScreens } from '../log/logs.ts'
import type { AgentRecord } from '../state/record.ts'

/** Lines of the log of an agent that shows no screen. */
const LOG_LINES = 100

/** What one agent shows: its terminal as it is now, or the end of its log. Looked at anew only when its log has changed. */
export class SelectedOutput {
  private seen: { version: string; lines: string[] } | undefined

  /** The lines, plain text. */
  async look(record: AgentRecord | undefined, running: boolean): Promise<string[]> {
    const version = record ? `${record.id} ${running} ${fileVersion(record.logFile)}` : ''
    if (this.seen?.version === version) return this.seen.lines
    const lines = record ? await readOutput(record, running) : []
    this.seen = { version, lines }
    return lines
  }
}

async function readOutput(record: AgentRecord, running: boolean): Promise<string[]> {
  if (running && record.session !== '') {
    try {
      const [screen] = await readScreens([record])
      return screen?.lines ?? []
    } catch {
      // It has ended in this moment.
    }
  }
  const [log] = await readLogs([record], { lines: LOG_LINES, raw: false })
  return log?.lines ?? []
}
