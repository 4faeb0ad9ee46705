import { environmentValues, listProcesses, type ProcessInfo } from '../system/processes.ts'

/** Variables by which a process says whose it is. */
const AGENT = 'AGENTVM_AGENT_ID'
const LAUNCHER = 'AGENTVM_LAUNCHER_ID'

/** All processes at one moment. */
export class ProcessLook {
  readonly processes: readonly ProcessInfo[] = listProcesses()
  private readonly marks = new Map<number, Record<string, string>>()

  /** Whether a process runs in an agent, by the environment that it was started with. */
  isOf(pid: number, id: string): boolean {
    return this.marksOf(pid)[AGENT] === id
  }

  /** Whether a process was started for an agent on the host, by the same. */
  isFor(pid: number, id: string): boolean {
    return this.marksOf(pid)[LAUNCHER] === id
  }

  private marksOf(pid: number): Record<string, string> {
    const marks = this.marks.get(pid) ?? environmentValues(pid, [AGENT, LAUNCHER])
    this.marks.set(pid, marks)
    return marks
  }
}

let next: Promise<ProcessLook> | undefined

/** Looks at all processes a moment after it is called. Calls that come together share the look: agents that are killed at once don't each need their own. */
export function lookAtProcesses(): Promise<ProcessLook> {
  next ??= new Promise((resolve) => {
    setImmediate(() => {
      next = undefined
      resolve(new ProcessLook())
    })
  })
  return next
}
