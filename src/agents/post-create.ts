import { spawn } from 'node:child_process'
import { accessSync, constants, type Stats, statSync } from 'node:fs'
import type { Profile } from '@agentvm/sdk'
import type { Context } from './context.ts'
import type { AgentRecord } from './record.ts'

/**
 * Runs a profile's post-create script on the host, with the workspace as its argument, as the bash tool does. Its
 * output goes to standard error. A failure is a warning: the agent starts all the same.
 */
export async function runPostCreateScript(
  context: Context,
  profile: Profile | undefined,
  { name, workspace, home }: AgentRecord,
): Promise<void> {
  const script = profile?.postCreateScript
  if (!profile || script === undefined) return
  const problem = whyNotRun(script) ?? (await run(context, script, workspace, home))
  if (problem)
    context.warn(`${name}: the post-create script ${script} of the profile '${profile.name}' ${problem}`)
}

/** Why a script must not be run, in words: another user could have written it. */
function whyNotRun(script: string): string | undefined {
  let stats: Stats
  try {
    stats = statSync(script)
  } catch {
    return "isn't there, so it was not run"
  }
  if (!stats.isFile()) return 'is not a file, so it was not run'
  const user = process.geteuid?.()
  if (stats.uid !== user && stats.uid !== 0) {
    return `belongs to another user (uid ${stats.uid}), so it was not run: sudo chown ${user} ${script}`
  }
  return (stats.mode & 0o002) === 0
    ? undefined
    : `can be changed by everyone, so it was not run: chmod o-w ${script}`
}

/** Returns what went wrong, in words. */
async function run(
  context: Context,
  script: string,
  workspace: string,
  home: string,
): Promise<string | undefined> {
  const [program, ...args] = isExecutable(script) ? [script, workspace] : ['bash', script, workspace]
  return new Promise((resolve) => {
    const child = spawn(program as string, args, {
      cwd: workspace,
      stdio: ['ignore', 2, 2],
      env: { ...context.caller, AGENTVM_HOME: context.home.root, AGENTVM_AGENT_HOME: home },
    })
    child.on('error', (error) => resolve(`could not be run: ${error.message}`))
    child.on('exit', (code, signal) => {
      resolve(code === 0 ? undefined : `failed (${signal ?? `exit code ${code}`})`)
    })
  })
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
