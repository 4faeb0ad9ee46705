import { join } from 'node:path'
import { exec } from '../../system/exec.ts'
import { readIfExists, writeFileAtomic } from '../../system/files.ts'
import { shellSplit } from '../../system/shell-words.ts'
import { callersTerminal, ringBell } from '../../system/terminal-bell.ts'
import type { Context } from '../context.ts'
import { RUN_FILES } from '../spawn/run-files.ts'
import type { AgentRecord } from '../state/record.ts'
import type { Notice } from './notices.ts'

/** How long a command of the user's may take. */
const TAKES_MS = 10_000
/** Longest value that a command is given. */
const LONGEST = 300

/**
 * Tells the user of an agent as AGENTVM_NOTIFY says: on the desktop, by the bell of the terminal that it was started
 * from, or by a command of the user's. What there is to say goes in arguments of our own and in environment variables,
 * never through a shell. Throws if that fails.
 */
export async function notifyUser(context: Context, record: AgentRecord, notice: Notice): Promise<void> {
  const { notify } = context.settings
  if (notify === undefined) return
  if (notify === 'bell') {
    ringBell((readIfExists(join(context.home.runDir(record.id), RUN_FILES.terminal)) ?? '').trim())
    return
  }
  const { event, reason, message } = notice
  const [program, ...args] =
    notify === 'desktop' ? desktopCommand(plain(message)) : (shellSplit(notify) ?? [])
  if (program === undefined) return
  await exec([program, ...args], {
    timeout: TAKES_MS,
    env: {
      ...environment(),
      AGENTVM_EVENT: event,
      AGENTVM_AGENT: record.name,
      AGENTVM_AGENT_ID: record.id,
      AGENTVM_PROFILE: record.profile ?? '',
      AGENTVM_WORKSPACE: record.workspace,
      AGENTVM_REASON: plain(reason),
      AGENTVM_MESSAGE: plain(message),
    },
  })
}

/** Writes down which terminal an agent was started from, if its bell is to ring. */
export function noteTerminal({ home, settings }: Context, record: AgentRecord): void {
  if (settings.notify !== 'bell') return
  const terminal = callersTerminal()
  if (terminal !== undefined) writeFileAtomic(join(home.runDir(record.id), RUN_FILES.terminal), terminal)
}

function environment(): Record<string, string> {
  return Object.fromEntries(Object.entries(process.env).map(([name, value]) => [name, value ?? '']))
}

/** The program that shows notifications on the desktop of this system. */
export function notifyProgram(): string {
  return process.platform === 'darwin' ? 'osascript' : 'notify-send'
}

function desktopCommand(message: string): [string, ...string[]] {
  const program = notifyProgram()
  if (program === 'notify-send') return [program, '--app-name=agentvm', '--', 'agentvm', message]
  const script = ['on run argv', 'display notification (item 1 of argv) with title "agentvm"', 'end run']
  return [program, ...script.flatMap((line) => ['-e', line]), message]
}

/** A text without controls, marks that turn the direction of text, and half characters. */
function plain(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu, ' ')
    .trim()
    .slice(0, LONGEST)
}
