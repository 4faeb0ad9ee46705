import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { lookAtProcesses } from '../process-look.ts'
import { RUN_FILES } from '../spawn/run-files.ts'
import type { AgentRecord } from '../state/record.ts'

/**
 * The record of an agent whose launcher runs although the record names another process, with the right one; undefined where no
 * launcher runs. Only a damaged state file says so, and must not be taken for the agent's end: what runs would be ended.
 * Sees nothing on macOS, which doesn't show the environment of processes.
 */
export async function withFoundLauncher(
  record: AgentRecord,
  runDir: string,
): Promise<AgentRecord | undefined> {
  const script = join(runDir, RUN_FILES.launcher)
  const launcher = (await lookAtProcesses())
    .for(record.id)
    .find(({ pid, zombie }) => !zombie && runsScript(pid, script))
  return launcher && { ...record, pid: launcher.pid, pidStart: launcher.start }
}

/** Whether a process is a shell with that script, and nothing else: the tmux server that it was started by names it, too. */
function runsScript(pid: number, script: string): boolean {
  try {
    const [, first, ...others] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
    return first === script && others.join('') === ''
  } catch {
    return false
  }
}
