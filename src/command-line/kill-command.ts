import { Flags } from '@oclif/core'
import type { Context } from '../agents/context.ts'
import { type Outcome, throwIfSingle } from '../agents/each.ts'
import { NotRunning } from '../agents/end/kill.ts'
import { type Killed, killAgents, signalNamed } from '../agents/end/kill-many.ts'
import { type AgentChoice, describeTags, selectAgents } from '../agents/state/select.ts'
import { UserError } from '../errors.ts'
import { confirm } from '../terminal/confirm.ts'
import { secondsFlag } from './duration-flag.ts'
import { exitByOutcomes, reportFailure } from './report.ts'

/** The flags of `kill` and `killall`. */
export const killFlags = {
  signal: Flags.string({ char: 's', default: 'TERM', description: 'first signal', helpValue: 'SIGNAL' }),
  grace: secondsFlag({ description: 'seconds until KILL (default: AGENTVM_KILL_GRACE, 5)' }),
  force: Flags.boolean({ char: 'f', description: "don't ask" }),
}

/**
 * Ends the agents of a choice, and says which. Those that weren't named are listed first, and asked for. Throws a
 * {@link UserError} where that is refused or can't be asked, and of a single agent the error.
 */
export async function killChosen(
  context: Context,
  choice: AgentChoice,
  flags: { signal: string; grace?: number | undefined; force: boolean },
  log: (line: string) => void,
): Promise<Outcome<Killed>[]> {
  const options = {
    signal: signalNamed(flags.signal),
    graceMs: (flags.grace ?? context.settings.killGrace) * 1000,
  }
  const names = await selectAgents(context, choice, 'running')
  if (names.length === 0) process.stderr.write(`no running agents${describeTags(choice.tags)}\n`)
  else if (choice.names.length === 0 && !flags.force) await ask(names)
  // Of those that nobody named, one may have ended, or gone, before its turn: nothing is left to do.
  const isOver = (outcome: Outcome<Killed>) =>
    choice.names.length === 0 &&
    !outcome.ok &&
    (outcome.error instanceof NotRunning || !context.store.names().includes(outcome.name))
  const all = await killAgents(context, names, options, (outcome) => {
    if (outcome.ok) log(`${outcome.name}: killed`)
    else if (names.length > 1 && !isOver(outcome)) reportFailure(outcome)
  })
  const outcomes = all.filter((outcome) => !isOver(outcome))
  throwIfSingle(outcomes)
  exitByOutcomes(outcomes)
  return outcomes
}

async function ask(names: readonly string[]): Promise<void> {
  const question = `This ends ${names.length === 1 ? 'the agent' : `${names.length} running agents:`} ${names.join(', ')}. Go on?`
  if (!(await confirm(question))) throw new UserError('nothing was done')
}
