import { readFileSync } from 'node:fs'
import { screenFromCapture } from '../../activity/capture.ts'
import { evaluate, type Verdict } from '../../activity/evaluate.ts'
import { UserError } from '../../errors.ts'
import type { Context } from '../context.ts'
import { settledAgent } from '../end/settled-agent.ts'
import { type Activity, activityOf } from './activity.ts'
import { activityRules } from './activity-rules.ts'

/** What an agent is doing, with the rule that says so. */
export async function explainAgent(context: Context, name: string): Promise<Activity> {
  const record = await settledAgent(context, name)
  return activityOf(context, record)
}

/** What a recorded screen shows, by the rules of a profile. Throws a {@link UserError} on a file that holds none. */
export async function explainCapture(context: Context, profile: string, file: string): Promise<Verdict> {
  await context.extensions.profile(profile)
  const rules = await activityRules(context, profile)
  if (!rules) throw new UserError(`the profile '${profile}' doesn't say how to read its screen`)
  return evaluate(screenFromCapture(readCapture(file), file), rules)
}

function readCapture(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new UserError(`${file} can't be read as a capture: ${(error as Error).message}`, { exitCode: 2 })
  }
}
