import type { UserError } from '../../errors.ts'
import type { Context } from '../context.ts'
import { checkAgentLimits } from './agent-limits.ts'
import type { CheckResult } from './check.ts'
import { checkConfig } from './config.ts'
import { checkLitter } from './litter.ts'
import { checkDisk, checkPermissions, checkWatches } from './machine.ts'
import { checkNetwork } from './network.ts'
import { checkNotifications } from './notifications.ts'
import { checkPlugins } from './plugins.ts'
import { checkProfiles } from './profiles.ts'
import { checkRoom } from './room.ts'
import { checkSandboxes } from './sandboxes.ts'
import { checkGit, checkTmux } from './tools.ts'
import { checkWorkspaces } from './workspaces.ts'

/** Looks at everything that agentvm needs. A check that itself fails is a problem, and doesn't keep the others from running. */
export async function diagnose(context: Context): Promise<CheckResult[]> {
  const checks: [string, () => Promise<CheckResult[]>][] = [
    ['tmux', async () => [await checkTmux()]],
    ['git', async () => [await checkGit()]],
    ['sandbox', () => checkSandboxes(context)],
    ['network', () => checkNetwork(context)],
    ['plugins', () => checkPlugins(context)],
    ['profiles', () => checkProfiles(context)],
    ['config', async () => checkConfig(context)],
    ['notifications', async () => checkNotifications(context)],
    ['permissions', async () => checkPermissions(context)],
    ['locks', async () => checkLitter(context)],
    ['disk', async () => [checkDisk(context)]],
    ['workspaces', async () => checkWorkspaces(context)],
    ['room', () => checkRoom(context)],
    ['inotify', async () => checkWatches()],
    ['agent limits', async () => [await checkAgentLimits(context)]],
  ]
  const results = await Promise.all(
    checks.map(async ([name, check]): Promise<CheckResult[]> => {
      try {
        return await check()
      } catch (error) {
        return [{ name, status: 'problem', message: (error as Error).message }]
      }
    }),
  )
  return results.flat()
}

/** What a repair may do, and whom it tells. */
export interface RepairOptions {
  /** Told before each repair. */
  say: (what: string) => void
  /** Asked before packages of the system are installed; gets the command. */
  mayInstall: (command: string) => Promise<boolean>
}

/** Mends what can be mended, and looks again. What fails or isn't allowed is reported, and doesn't keep the rest back. */
export async function repair(
  context: Context,
  results: readonly CheckResult[],
  { say, mayInstall }: RepairOptions,
): Promise<CheckResult[]> {
  for (const result of results) {
    if (!result.repair) continue
    try {
      if (result.installs && !(await mayInstall(result.fix ?? ''))) continue
      say(result.fix ?? result.name)
      await result.repair()
    } catch (error) {
      context.warn(describeFailure(result.name, error))
    }
  }
  return diagnose(context)
}

function describeFailure(name: string, error: unknown): string {
  const { what, message, fix } = error as UserError
  return `${name}: ${what ?? message}${fix ? ` (${fix})` : ''}`
}
