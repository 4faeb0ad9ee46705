import { homedir } from 'node:os'
import type { Profile } from '@agentvm/sdk'
import { insidePaths } from '../../policy/build-policy.ts'
import type { Context } from '../context.ts'
import type { PreparedSpawn } from '../spawn/plan.ts'
import type { AgentRecord } from '../state/record.ts'
import { type Seeded, seedHome } from './agent-home-seed.ts'
import { setUpHome } from './agent-home-setup.ts'

/**
 * Makes an agent's home ready for its CLI: the profile's state is copied into it once, and the files of the profile's
 * setup are written at each start. Returns the record with what has been seeded.
 */
export async function prepareAgentHome(
  context: Context,
  { plan, profile, backend, tty }: PreparedSpawn,
  record: AgentRecord,
): Promise<AgentRecord> {
  if (!profile) return record
  const isSeeded = record.seeded.includes(profile.name)
  if (!isSeeded) {
    const seeded = seedHome(context.caller.HOME ?? homedir(), record.home, profile.state)
    report(context, record.name, profile, seeded, tty)
  }
  await setUpHome(profile, record.home, {
    ...insidePaths(backend, record),
    envNames: Object.keys(plan.env),
    env: (name) => plan.env[name],
  })
  return isSeeded ? record : { ...record, seeded: [...record.seeded, profile.name] }
}

/** Says what was copied: it leaves the user's home. */
function report(context: Context, name: string, profile: Profile, seeded: Seeded, tty: boolean): void {
  const { copied, leftOut, logins } = seeded
  if (copied.length > 0 && tty) context.note(`${name}: copied from your home: ${copied.join(', ')}`)
  if (leftOut.length > 0) {
    const more = leftOut.length > 5 ? `, and ${leftOut.length - 5} more` : ''
    context.warn(`${name}: not copied from your home: ${leftOut.slice(0, 5).join(', ')}${more}`)
  }
  if (logins.length === 0) return
  const key = [...profile.env.anyOf, ...profile.env.optional].find((variable) => /^\w+$/.test(variable))
  context.warn(
    `${name} now has a copy of your login (${logins.map((path) => `~/${path}`).join(', ')}): when one of you renews it, the other may be logged out. A key is safer: agentvm env set ${key ?? 'NAME'}`,
  )
}
