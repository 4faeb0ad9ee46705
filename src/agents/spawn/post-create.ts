import { accessSync, constants } from 'node:fs'
import type { Profile } from '@agentvm/sdk'
import type { Context } from '../context.ts'
import type { AgentRecord } from '../state/record.ts'
import { runHostScript, whyNotRun } from './host-script.ts'

/**
 * Runs a profile's post-create script on the host, with the workspace as its argument, as the bash tool does. Its
 * output goes to standard error. A failure is a warning: the agent starts all the same.
 */
export async function runPostCreateScript(
  context: Context,
  profile: Profile | undefined,
  { name, workspace, home }: AgentRecord,
  signal: AbortSignal | undefined,
): Promise<void> {
  const script = profile?.postCreateScript
  if (!profile || script === undefined) return
  const problem =
    whyNotRun(script) ??
    (await runHostScript({
      argv: isExecutable(script) ? [script, workspace] : ['bash', script, workspace],
      cwd: workspace,
      env: { ...context.caller, AGENTVM_HOME: context.home.root, AGENTVM_AGENT_HOME: home },
      signal,
    }))
  if (problem)
    context.warn(`${name}: the post-create script ${script} of the profile '${profile.name}' ${problem}`)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
