import { lstatSync } from 'node:fs'
import { UserError } from '../../errors.ts'
import { launchDesktop } from '../../system/desktop.ts'
import type { Context } from '../context.ts'
import { settledAgent } from '../end/settled-agent.ts'

/** What `open` did. */
export interface OpenedWorkspace {
  name: string
  workspace: string
  /** Whether a file manager was started; else the path is the result. */
  opened: boolean
}

/** Shows an agent's workspace in the system's file manager. Without a desktop, or with `printOnly`, only tells where it is. Throws a {@link UserError} if it is gone or can't be shown. */
export async function openWorkspace(
  context: Context,
  name: string,
  options: { printOnly: boolean },
): Promise<OpenedWorkspace> {
  const { workspace } = await settledAgent(context, name)
  // Not followed: what stands there instead may be the agent's.
  if (!lstatSync(workspace, { throwIfNoEntry: false })?.isDirectory()) {
    throw new UserError(`the workspace of agent '${name}' is not there: ${workspace}`, {
      fix: `agentvm info ${name}`,
    })
  }
  if (options.printOnly) return { name, workspace, opened: false }
  return { name, workspace, opened: await launchDesktop(workspace, context.caller) }
}
