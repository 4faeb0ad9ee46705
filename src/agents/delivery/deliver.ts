import { randomBytes } from 'node:crypto'
import { readlinkSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { exec } from '../../system/exec.ts'
import { paneTty, pasteText, pressEnter, type TmuxTarget } from '../../tmux/session.ts'
import { refuseUntypable, type TerminalMode, withNewlines } from './untypable.ts'

/** Pause between a paste and its Enter for programs that read keys one by one: some take an Enter that comes with the paste for a newline. */
const ENTER_DELAY_MS = 300

/** Where to type: an agent's session, whose launcher has that pid. */
type Terminal = TmuxTarget & { name: string; pid: number }

/**
 * Types text into an agent's terminal as one paste, then presses Enter unless told not to. Any length; an end of line is
 * one, whichever way it is written. Throws a {@link UserError} with the line of what wouldn't arrive as it is.
 */
export async function typeText(
  target: Terminal,
  text: string | Uint8Array,
  options: { enter: boolean },
): Promise<void> {
  const bytes = withNewlines(Buffer.from(text))
  const mode = await modeOf(target)
  refuseUntypable(target.name, bytes, mode)
  const lineMode = mode.takesLines
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

async function modeOf(target: Terminal): Promise<TerminalMode> {
  const tty = terminalOf(target.pid) ?? (await paneTty(target))
  const flag = process.platform === 'darwin' ? '-f' : '-F'
  const { stdout } = await exec(['stty', flag, tty, '-a'], {
    env: { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C' },
    ...{ timeout: 5_000, short: true },
  })
  const has = (flag: string) => new RegExp(`(?:^|\\s)${flag}\\b`).test(stdout)
  return { takesLines: has('icanon'), takesSignals: has('isig'), takesStops: has('ixon') }
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
