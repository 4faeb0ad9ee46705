import { bootId } from '../../system/processes.ts'
import type { ExitRecord } from '../spawn/run-files.ts'
import type { AgentRecord } from '../state/record.ts'

const KEY = 'AGENT_WENT_DOWN'

/** What a shell calls an end by HUP or TERM: a machine that is shut down ends everybody by these. */
const SHUTDOWN_CODES = [129, 143]

/**
 * What the record of an agent keeps whose end is being written down: a mark if it ended because its machine, or its tmux
 * server, went down. That is so if nobody recorded an end or asked for one, or, where its boot is over, if it ended by
 * the signals of a shutdown. The mark stays until the agent is started again.
 */
export function markIfWentDown(record: AgentRecord, exit: ExitRecord | undefined): Record<string, string> {
  const { [KEY]: _, ...extra } = record.extra
  const bootIsOver = record.bootId !== bootId()
  const wentDown = exit === undefined || (bootIsOver && SHUTDOWN_CODES.includes(exit.code))
  // A run belongs to a command that is gone.
  return wentDown && record.session !== '' ? { ...extra, [KEY]: 'true' } : extra
}

/** Whether an agent ran when its machine or its tmux server went down, and hasn't been started since. */
export function wentDown(record: AgentRecord): boolean {
  return record.extra[KEY] === 'true'
}
