import { join } from 'node:path'
import type { ActivityRules } from '@agentvm/sdk'
import { ActivitySchema, check } from '@agentvm/sdk/schemas'
import { PluginError, UserError } from '../../errors.ts'
import { readIfExists } from '../../system/files.ts'
import type { Context } from '../context.ts'

/**
 * The rules by which a profile's screen is read: the user's own in `$AGENTVM_HOME/profiles/<name>.activity.json`, else
 * the profile's. Undefined if there are none. Bad ones are reported and count as none.
 */
export async function activityRules(context: Context, profile: string): Promise<ActivityRules | undefined> {
  try {
    return ownRules(context, profile) ?? (await context.extensions.profile(profile)).activity
  } catch (error) {
    if (!(error instanceof UserError || error instanceof PluginError)) throw error
    if (!warned.has(error.message)) context.warn(error.message)
    warned.add(error.message)
    return undefined
  }
}

const warned = new Set<string>()

function ownRules(context: Context, profile: string): ActivityRules | undefined {
  const path = join(context.home.root, 'profiles', `${profile}.activity.json`)
  const text = readIfExists(path)
  if (text === undefined) return undefined
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new UserError(`${path} is not JSON: ${(error as Error).message}`)
  }
  const checked = check(ActivitySchema, value)
  if (checked.ok) return checked.value
  throw new UserError(`${path}: ${checked.problems.join('; ')}`)
}
