import type { Context } from '../context.ts'
import type { CheckResult } from './check.ts'
import { checkDisk, checkLimits, checkPermissions } from './machine.ts'
import { checkPlugins, checkProfiles } from './profiles.ts'
import { checkSandboxes } from './sandboxes.ts'
import { checkGit, checkTmux } from './tools.ts'

/** Looks at everything that agentvm needs. A check that itself fails is a problem, and doesn't keep the others from running. */
export async function diagnose(context: Context): Promise<CheckResult[]> {
  const checks: [string, () => Promise<CheckResult[]>][] = [
    ['tmux', async () => [await checkTmux()]],
    ['git', async () => [await checkGit()]],
    ['sandbox', () => checkSandboxes(context)],
    ['plugins', async () => checkPlugins(context)],
    ['profiles', () => checkProfiles(context)],
    [
      'config',
      async () =>
        context.settings.warnings.map((message) => ({ name: 'config', status: 'warning', message })),
    ],
    ['permissions', async () => checkPermissions(context)],
    ['disk', async () => [checkDisk(context)]],
    ['limits', async () => checkLimits()],
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

/** Mends what can be mended, and looks again. `say` is told before each repair. */
export async function repair(
  context: Context,
  results: readonly CheckResult[],
  say: (what: string) => void,
): Promise<CheckResult[]> {
  for (const result of results) {
    if (!result.repair) continue
    say(result.fix ?? result.name)
    try {
      await result.repair()
    } catch (error) {
      context.warn((error as Error).message)
    }
  }
  return diagnose(context)
}
