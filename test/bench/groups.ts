import { completion } from './groups/completion.ts'
import { files } from './groups/files.ts'
import { idle } from './groups/idle.ts'
import { installed } from './groups/installed.ts'
import { logs } from './groups/logs.ts'
import { prompts } from './groups/prompts.ts'
import { proxy } from './groups/proxy.ts'
import { spawn } from './groups/spawn.ts'
import { start } from './groups/start.ts'
import { swarm } from './groups/swarm.ts'
import { thousand } from './groups/thousand.ts'
import type { Group } from './workbench.ts'

/** The parts of the bench, in the order in which they run. */
export const GROUPS: Readonly<Record<string, Group>> = {
  start,
  installed,
  completion,
  spawn,
  swarm,
  idle,
  thousand,
  proxy,
  logs,
  files,
  prompts,
}

/** The groups with these names, in the bench's order; all without a name. Throws at one that there isn't. */
export function chooseGroups(
  names: readonly string[],
  groups: Readonly<Record<string, Group>> = GROUPS,
): [string, Group][] {
  const unknown = names.find((name) => !Object.hasOwn(groups, name))
  if (unknown !== undefined)
    throw new Error(`there is no group '${unknown}': ${Object.keys(groups).join(', ')}`)
  return Object.entries(groups).filter(([name]) => names.length === 0 || names.includes(name))
}
