import { UserError } from '../../errors.ts'
import { listSettings } from '../../settings/config-file-values.ts'
import type { Context } from '../context.ts'
import type { CheckResult } from './check.ts'

/** Checks the config file: a key that isn't known, or a value that doesn't fit, stops the commands that start an agent. */
export function checkConfig(context: Context): CheckResult[] {
  const problem = (message: string, fix = 'agentvm config edit'): CheckResult => ({
    name: 'config',
    status: 'problem',
    message,
    fix,
  })
  try {
    const wrong = listSettings(context.home.configFile, context.caller).flatMap((row) =>
      row.problem ? [problem(row.problem)] : [],
    )
    return [...wrong, ...context.settings.warnings.map((message) => problem(message))]
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return [problem(error.message, error.fix)]
  }
}
