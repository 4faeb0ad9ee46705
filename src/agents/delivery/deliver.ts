import { randomBytes } from 'node:crypto'
import { readlinkSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { UserError } from '../../errors.ts'
import { exec } from '../../system/exec.ts'
import { paneTty, pasteText, pressEnter, type TmuxTarget } from '../../tmux/session.ts'

/** Pause between a paste and its Enter for programs that read keys one by one: some take an Enter that comes with the paste for a newline. */
const ENTER_DELAY_MS = 300

/** Longest line that a terminal in line mode takes, with its newline (N_TTY_BUF_SIZE). The kernel drops the rest. */
const LONGEST_LINE = 4095

/** Where to type: an agent's session, whose launcher has that pid. */
type Terminal = TmuxTarget & { name: string; pid: number }

/** Types text into an agent's terminal as one paste, then presses Enter unless told not to. Any bytes, any length. */
export async function typeText(
  target: Terminal,
  text: string | Uint8Array,
  options: { enter: boolean },
): Promise<void> {
  const bytes = Buffer.from(text)
  const lineMode = await readsWholeLines(target)
  if (lineMode) refuseLongLines(target.name, bytes)
  if (bytes.length > 0) {
    const bufferName = `agentvm-${randomBytes(6).toString('hex')}`
    // A line that is whole needs no Enter: an empty one would follow.
    const enter = options.enter && lineMode && bytes.at(-1) !== 0x0a
    await pasteText(target, bytes, { bufferName, enter })
    if (!options.enter || lineMode) return
    await sleep(ENTER_DELAY_MS)
  }
  if (options.enter) await pressEnter(target)
}

/** Whether the agent's program leaves line editing to the kernel, as `cat` and `read` do, or reads key by key, as TUIs and shells do. */
async function readsWholeLines(target: Terminal): Promise<boolean> {
  const tty = terminalOf(target.pid) ?? (await paneTty(target))
  const flag = process.platform === 'darwin' ? '-f' : '-F'
  const { stdout } = await exec(['stty', flag, tty, '-a'], {
    env: { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C' },
    ...{ timeout: 5_000, short: true },
  })
  return /(?:^|\s)icanon\b/.test(stdout)
}

/** The terminal that a process has, where the system tells that without a program. */
function terminalOf(pid: number): string | undefined {
  try {
    const path = readlinkSync(`/proc/${pid}/fd/0`)
    return path.startsWith('/dev/pts/') ? path : undefined
  } catch {
    return undefined
  }
}

function refuseLongLines(name: string, bytes: Buffer): void {
  let start = 0
  for (let line = 1; start <= bytes.length; line += 1) {
    const newline = bytes.indexOf(10, start)
    const end = newline < 0 ? bytes.length : newline
    if (end - start > LONGEST_LINE) {
      throw new UserError(
        `line ${line} has ${end - start} bytes; the program of agent '${name}' reads whole lines, and a terminal cuts those at ${LONGEST_LINE}`,
        { fix: 'break the line, or put the text into a file in the workspace' },
      )
    }
    start = end + 1
  }
}
