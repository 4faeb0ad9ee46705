import { lstatSync } from 'node:fs'
import { UserError } from '../../errors.ts'
import type { Context } from '../context.ts'
import type { AgentRecord } from './record.ts'

/** Throws a {@link UserError} if a name is an agent's, or files that would be a new agent's of that name lie there. */
export function refuseTaken({ home }: Context, name: string, record: AgentRecord | undefined): void {
  if (record) {
    throw new UserError(`there is an agent '${name}' already`, {
      fix: `choose another name, or: agentvm clean ${name}`,
    })
  }
  for (const path of [home.workspace(name), home.logFile(name), home.promptFile(name)]) {
    if (lstatSync(path, { throwIfNoEntry: false })) {
      throw new UserError(`${path} is there, though no agent is called '${name}'`, {
        fix: 'move it away, or choose another name',
      })
    }
  }
}
