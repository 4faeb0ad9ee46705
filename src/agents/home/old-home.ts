import { cpSync, existsSync, lstatSync, renameSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { errorCode, makePrivateDir, readIfExists } from '../../system/files.ts'
import { removeTree } from '../../system/remove-tree.ts'
import type { Context } from '../context.ts'
import { isFromBashTool } from '../state/liveness.ts'
import type { AgentRecord } from '../state/record.ts'
import { decodeRecord } from '../state/record-codec.ts'
import { parseState } from '../state/state-file.ts'

/** Where the bash tool puts an agent's home: in the agent's own workspace. */
const OLD_HOME = '.home'

/** Moves the home of a bash tool's agent out of its workspace, when it is started again. */
export function moveOldHomeOut(
  context: Context,
  previous: AgentRecord | undefined,
  record: AgentRecord,
): void {
  if (!previous || !isFromBashTool(previous)) return
  const old = join(record.workspace, OLD_HOME)
  const stats = lstatSync(old, { throwIfNoEntry: false })
  if (!stats || existsSync(record.home)) return
  // The agent could write there: what it has put in its place must not become its home.
  if (stats.isDirectory()) moveTree(old, record.home)
  else context.warn(`agent '${record.name}' gets a new home: ${old} is not a folder`)
}

/** Takes {@link moveOldHomeOut} back, if `stateFile` (the agent's, before its start) says that the bash tool made it. */
export function moveOldHomeBack(record: AgentRecord, stateFile: string): void {
  const text = readIfExists(stateFile)
  if (text === undefined || !isFromBashTool(decodeRecord(parseState(text, stateFile), record.name))) return
  const old = join(record.workspace, OLD_HOME)
  if (!existsSync(record.home)) return
  if (lstatSync(old, { throwIfNoEntry: false })) removeTree(record.home)
  else moveTree(record.home, old)
}

function moveTree(from: string, to: string): void {
  makePrivateDir(dirname(to))
  try {
    renameSync(from, to)
  } catch (error) {
    if (errorCode(error) !== 'EXDEV') throw error
    cpSync(from, to, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true })
    removeTree(from)
  }
}
