import { existsSync } from 'node:fs'
import { dirname, sep } from 'node:path'
import type { Home } from '../../settings/home.ts'
import type { AgentRecord } from './record.ts'

/**
 * A record whose home has been moved since it was written: its paths below the old place of `$AGENTVM_HOME` are those
 * below the new one. Another way to the same home, such as a symlink, changes nothing.
 */
export function relocated(record: AgentRecord, home: Home): AgentRecord {
  if (record.logFile === home.logFile(record.name)) return record
  const old = dirname(dirname(record.logFile))
  if (existsSync(dirname(record.logFile)) || !isAt(record.logFile, old)) return record
  const move = (path: string) => (isAt(path, old) ? home.root + path.slice(old.length) : path)
  return {
    ...record,
    workspace: move(record.workspace),
    home: move(record.home),
    logFile: move(record.logFile),
    socket: move(record.socket),
    promptFile: record.promptFile === undefined ? undefined : move(record.promptFile),
    placeholders: record.placeholders.map((made) => ({ ...made, root: move(made.root) })),
    extra: Object.fromEntries(Object.entries(record.extra).map(([key, value]) => [key, move(value)])),
  }
}

function isAt(path: string, folder: string): boolean {
  return path.startsWith(folder + sep)
}
