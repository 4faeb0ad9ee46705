import type { Profile } from '@agentvm/sdk'
import type { Context } from '../context.ts'

/** Loads every profile. One that can't be used is an entry of `broken`, and doesn't keep the others back. */
export async function loadProfiles(
  context: Context,
): Promise<{ loaded: Profile[]; broken: { name: string; problem: string }[] }> {
  const known = context.extensions.list('profile')
  const settled = await Promise.allSettled(known.map(({ id }) => context.extensions.profile(id)))
  const loaded: Profile[] = []
  const broken: { name: string; problem: string }[] = []
  for (const [index, result] of settled.entries()) {
    if (result.status === 'fulfilled') loaded.push(result.value)
    else broken.push({ name: known[index]?.id ?? '', problem: (result.reason as Error).message })
  }
  return { loaded, broken }
}
