import { constants } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { cgroupPids, isCgroup, killCgroup } from '../../system/cgroups/cgroup.ts'
import { type ProcessInfo, sendSignal } from '../../system/processes.ts'
import { lookAtProcesses, type ProcessLook } from '../process-look.ts'
import { isFromBashTool, launcherLives } from '../state/liveness.ts'
import type { AgentRecord } from '../state/record.ts'

const POLL_MS = 5
/** How long a sandbox may take to come up, on the busiest machine, before nobody waits for it any more. */
const COMES_UP_MS = 5_000
/** How long the last processes of a sandbox may take to end by themselves. */
const EMPTIES_MS = 100
/** How long the kernel may take to end processes that were sent KILL. */
const KILL_TAKES_MS = 5_000

/**
 * All processes of an agent but its launcher, which the bash tool's agents don't have: the launcher's
 * tree, its control group, and what detached itself from the
 * tree but still carries the agent's id in its environment (which only a backend that doesn't contain processes lets
 * happen).
 */
function agentProcesses(record: AgentRecord, look: ProcessLook): ProcessInfo[] {
  const tree = treeOf(record, look)
  const known = new Set([record.pid, process.pid, ...tree.map(({ pid }) => pid)])
  const grouped = cgroupPids(record.cgroup).flatMap((pid) => look.at(pid) ?? [])
  const detached = new Set([...grouped, ...look.of(record.id)].filter(({ pid }) => !known.has(pid)))
  return [...tree, ...detached].filter(({ zombie }) => !zombie)
}

function treeOf(record: AgentRecord, look: ProcessLook): ProcessInfo[] {
  if (!launcherLives(record, (pid, start) => look.isAlive(pid, start))) return []
  return look.tree(record.pid).slice(isFromBashTool(record) ? 0 : 1)
}

/** Sends a signal to the processes that run the agent's own code. With TERM, those that ignore it, as interactive shells do, get HUP. */
export async function signalInner(record: AgentRecord, signal: NodeJS.Signals): Promise<void> {
  const look = await lookAtProcesses()
  sendTo(innerProcesses(record, look).inner, signal, look)
}

/** {@link signalInner}, once there is code of the agent's own, within five seconds: what brings a sandbox up, as its first process, may ignore the signal. */
export async function signalOnceUp(record: AgentRecord, signal: NodeJS.Signals): Promise<void> {
  for (const deadline = performance.now() + COMES_UP_MS; ; await sleep(POLL_MS)) {
    const look = await lookAtProcesses()
    const { processes, inner } = innerProcesses(record, look)
    const isComing = processes.length === 0 || isUp(processes, inner) === false
    if (isComing && launcherLives(record) && performance.now() < deadline) continue
    return sendTo(inner, signal, look)
  }
}

function sendTo(processes: readonly ProcessInfo[], signal: NodeJS.Signals, look: ProcessLook): void {
  for (const { pid } of processes) {
    sendSignal(pid, signal)
    if (signal === 'SIGTERM' && ignoresTerm(look.status(pid))) sendSignal(pid, 'SIGHUP')
    sendSignal(pid, 'SIGCONT')
  }
}

/**
 * Waits until the agent's own code runs, not only what brings its sandbox up: from then on the sandbox holds its folders
 * themselves, not their paths. Resolves after five seconds in any case.
 */
export async function whenSandboxIsUp(record: AgentRecord): Promise<void> {
  for (const deadline = performance.now() + COMES_UP_MS; performance.now() < deadline; await sleep(POLL_MS)) {
    const look = await lookAtProcesses()
    const tree = look.tree(record.pid)
    if (isUp(tree, insideOf(tree, look))) return
    if (!launcherLives(record)) return
  }
}

/**
 * Whether a sandbox holds more than what brings it up: an inner process is another program than those outside that started
 * them. Undefined where none is outside.
 */
function isUp(processes: readonly ProcessInfo[], inner: readonly ProcessInfo[]): boolean | undefined {
  if (inner.length === processes.length) return undefined
  const builders = processes.filter(({ pid }) =>
    inner.some(({ pid: own, ppid }) => ppid === pid && own !== pid),
  )
  const names = builders.filter((process) => !inner.includes(process)).map(({ command }) => command)
  return inner.some(({ command }) => !names.includes(command))
}

/**
 * An agent's processes, and those that run its own code: inside the sandbox's process namespace if there is one, else all.
 * The backend's own outer processes must live on to record the end.
 */
function innerProcesses(
  record: AgentRecord,
  look: ProcessLook,
): { processes: ProcessInfo[]; inner: ProcessInfo[] } {
  const tree = treeOf(record, look).filter(({ zombie }) => !zombie)
  const inside = insideOf(tree, look)
  // Nothing that is inside of a namespace leaves its tree: no need to ask each process of the machine whose it is.
  if (inside.length > 0) return { processes: tree, inner: inside }
  const processes = agentProcesses(record, look)
  const found = insideOf(processes, look)
  return { processes, inner: found.length > 0 ? found : processes }
}

function insideOf(processes: readonly ProcessInfo[], look: ProcessLook): ProcessInfo[] {
  const outside = namespaceDepth(look.status(process.pid))
  return processes.filter(({ pid }) => namespaceDepth(look.status(pid)) > outside)
}

/** Sends KILL to all processes of an agent and its launcher, and waits until they are gone. Returns those that stay. */
export async function killLeftovers(record: AgentRecord): Promise<ProcessInfo[]> {
  const deadline = performance.now() + KILL_TAKES_MS
  for (;;) {
    const look = await lookAtProcesses()
    const left = [...agentProcesses(record, look), ...startingProcesses(record, look)]
    const lives = launcherLives(record)
    // Nothing comes into a group but by who is in it.
    if (left.length === 0 && !lives) return []
    killCgroup(record.cgroup)
    for (const { pid } of left) sendSignal(pid, 'SIGKILL')
    if (lives) sendSignal(record.pid, 'SIGKILL')
    if (performance.now() > deadline) return left
    await sleep(POLL_MS)
  }
}

/**
 * Whether the control group of an agent that can't leave it, and has ended, shows that nothing is left: where it does, nobody
 * need look at every process of the machine. False where there is no group.
 */
export async function leavesNothing({ cgroup }: Pick<AgentRecord, 'cgroup'>): Promise<boolean> {
  if (cgroup.length === 0 || !cgroup.every(isCgroup)) return false
  for (const deadline = performance.now() + EMPTIES_MS; ; await sleep(1)) {
    const isLate = performance.now() >= deadline
    if (cgroupPids(cgroup).length === 0) return true
    if (isLate) return false
  }
}

/** What a spawn has started for the agent before its own command: tmux server, launcher, log pipe. */
function startingProcesses({ id }: AgentRecord, look: ProcessLook): ProcessInfo[] {
  return look.for(id).filter(({ zombie }) => !zombie)
}

/** Whether a process ignores TERM, by the mask SigIgn of its proc_pid_status(5). */
function ignoresTerm(status: string): boolean {
  const mask = /^SigIgn:\t([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'
  return ((BigInt(`0x${mask}`) >> BigInt(constants.signals.SIGTERM - 1)) & 1n) === 1n
}

/** In how many nested pid namespaces a process is (NSpid in its proc_pid_status(5)); 1 where there are none. */
function namespaceDepth(status: string): number {
  return /^NSpid:\t(.*)$/m.exec(status)?.[1]?.split('\t').length ?? 1
}
