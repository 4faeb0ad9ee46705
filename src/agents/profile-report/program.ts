import type { Profile } from '@agentvm/sdk'
import type { NotFound } from '../../policy/program/search.ts'
import { findAgentProgram } from '../clis/find-program.ts'
import type { Context } from '../context.ts'

/** Where a profile's program is on this machine. */
export function profileProgram(context: Context, profile: Profile): { path: string } | NotFound {
  return findAgentProgram(context, profile.command[0], { ...profile, tools: [] })
}
