import { bootId } from '../../system/processes.ts'
import type { ExitRecord } from '../spawn/run-files.ts'
import type { AgentRecord } from '../state/record.ts'

const KEY = 'AGENT_WENT_DOWN'

/** What a shell calls an end by HUP or TERM: a machine that is shut down ends everybody by these. */
const SHUTDOWN_CODES = [129, 143]

/**
 * What the record of an agent keeps whose end is being written down: a mark if it ended because the machine went down.
 * That is so if its boot is over and nobody recorded an end, or one by the signals of a shutdown. The mark stays until
 * the agent is started again.
 */
export function markIfWentDown(record: AgentRecord, exit: ExitRecord | undefined): Record<string, string> {
  const { [KEY]: _, ...extra } = record.extra
  const bootIsOver = record.bootId !== bootId()
  const wentDown = bootIsOver && (exit === undefined || SHUTDOWN_CODES.includes(exit.code))
  // A run belongs to a command that is gone.
  return wentDown && record.session !== '' ? { ...extra, [KEY]: 'true' } : extra
}

/** Whether an agent ran when the machine went down, and hasn't been started since. */
export function wentDown(record: AgentRecord): boolean {
  return record.extra[KEY] === 'true'
}
