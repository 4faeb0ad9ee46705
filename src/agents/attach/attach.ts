import { UserError } from '../../errors.ts'
import { attachTerminal, requireSameTmux, runInTerminal } from '../../tmux/session.ts'
import type { Context } from '../context.ts'
import { settledAgent } from '../end/settled-agent.ts'
import { isFromBashTool, isRunning, liveness } from '../state/liveness.ts'
import type { AgentRecord } from '../state/record.ts'

/** Connects the user's terminal to a running agent's, until the user detaches or the agent ends. Returns tmux's exit code. */
export async function attachAgent(
  context: Context,
  name: string,
  options: { readOnly: boolean },
): Promise<number> {
  const record = await requireRunning(context, name)
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    throw new UserError('attach needs a terminal', { fix: `agentvm logs ${name} -f` })
  }
  await requireSameTmux(record)
  process.stderr.write(
    isFromBashTool(record)
      ? "on your own tmux server: detach with your tmux's own key (by default Ctrl-b d)\n"
      : `detach with ${keyForPeople(context.settings.detachKey)}\n`,
  )
  return attachTerminal(record, options)
}

/** Runs any tmux command against an agent's own server. Returns tmux's exit code. */
export async function agentTmux(context: Context, name: string, args: readonly string[]): Promise<number> {
  const record = await requireRunning(context, name)
  if (record.socket === '') {
    throw new UserError(`agent '${name}' has no tmux server of its own`, {
      ...(isFromBashTool(record) && { fix: `it lives on yours: tmux attach -t =${record.session}` }),
    })
  }
  await requireSameTmux(record)
  return runInTerminal(record.socket, args)
}

/** The record of an agent that runs. Throws a {@link UserError} if it doesn't. */
export async function requireRunning(context: Context, name: string): Promise<AgentRecord> {
  const record = await settledAgent(context, name)
  if (isRunning(liveness(record, context.home))) return record
  throw new UserError(`agent '${name}' is not running`, {
    fix: `agentvm logs ${name} shows what it printed; agentvm spawn ${name} starts it again`,
  })
}

/** A tmux key as people write it: `Ctrl-]`. */
export function keyForPeople(key: string): string {
  return key.replace(/^C-/, 'Ctrl-').replace(/^M-/, 'Alt-')
}
