import { UserError } from '../../errors.ts'
import { startingMany } from '../../system/starting-many.ts'
import type { Context } from '../context.ts'
import { forEachAgent, type Outcome, STARTS_AT_ONCE } from '../each.ts'
import { requireRoom } from '../limits/room.ts'
import { checkName } from '../state/names.ts'
import { FifoStock } from './fifo-stock.ts'
import { onInterrupt } from './interrupt.ts'
import type { SpawnRequest } from './plan.ts'
import { type SpawnedAgent, spawnUntil } from './spawn.ts'

/** So many agents at most: a mistyped zero must not bring the machine down. */
const LARGEST = 1_000

/**
 * The requests of a swarm: `<base>-1` to `<base>-<count>`, each as the template says, with its own prompt of `prompts`
 * or the template's; `{i}`, `{n}` and `{name}` in it are filled in. Throws a {@link UserError} on a count or a base
 * that can't be.
 */
export function swarmRequests(
  base: string,
  count: number,
  template: SpawnRequest,
  prompts: readonly string[] | undefined,
): SpawnRequest[] {
  if (!Number.isInteger(count) || count < 1 || count > LARGEST) {
    throw new UserError(`a swarm of ${count} can't be`, { fix: `use 1 to ${LARGEST}`, exitCode: 2 })
  }
  if (prompts && prompts.length !== count) {
    throw new UserError(`there are ${prompts.length} prompts for ${count} agents`, {
      fix: `leave the number out, or use ${prompts.length}`,
      exitCode: 2,
    })
  }
  return Array.from({ length: count }, (_, index) => {
    const name = `${base}-${index + 1}`
    checkName(name)
    const prompt = prompts?.[index] ?? template.prompt
    const facts = { i: String(index + 1), n: String(count), name }
    return { ...template, name, prompt: prompt === undefined ? undefined : fillIn(prompt, facts) }
  })
}

/**
 * Starts the agents of a swarm, several at a time. One that fails doesn't stop the others. Ctrl-C starts no more and
 * takes back what is on its way: each agent runs as a whole, or isn't there. Throws a {@link UserError} before the first if
 * the machine hasn't room for all.
 */
export async function spawnSwarm(
  context: Context,
  requests: readonly SpawnRequest[],
  onDone: (outcome: Outcome<SpawnedAgent>) => void,
): Promise<Outcome<SpawnedAgent>[]> {
  requireRoom(requests.length)
  const ours = inSwarm(context)
  const interrupt = onInterrupt()
  const fifos = new FifoStock(context.home.runs)
  try {
    const names = requests.map(({ name }) => name)
    const spawn = (_: string, index: number) =>
      spawnUntil(ours, requests[index] as SpawnRequest, interrupt, undefined, fifos)
    return await startingMany(() => forEachAgent(names, spawn, { limit: STARTS_AT_ONCE, onDone }))
  } finally {
    fifos.close()
    interrupt.stop()
  }
}

/** What is the same for every agent is said once, and their progress doesn't go into one line. */
function inSwarm(context: Context): Context {
  const said = new Set<string>()
  const once = (say: (message: string) => void) => (message: string) => {
    if (said.has(message)) return
    said.add(message)
    say(message)
  }
  return { ...context, warn: once(context.warn), note: once(context.note), progress: () => {} }
}

/** In one go, so that what is filled in isn't looked through again. */
function fillIn(prompt: string, facts: Record<string, string>): string {
  return prompt.replaceAll(/\{(i|n|name)\}/g, (whole, key: string) => facts[key] ?? whole)
}
