import * as assert from 'node:assert/strict'
import { pathToFileURL } from 'node:url'
import type { HookName } from '../hooks.ts'
import type { LifecycleEvents } from '../lifecycle.ts'
import { IdentitySchema } from '../schemas/identity.ts'
import { AmendmentSchema } from '../schemas/lifecycle.ts'
import { ProfileSchema } from '../schemas/profile.ts'
import { SandboxSchema } from '../schemas/sandbox.ts'
import { assertKeeps, deepFreeze } from './keeps-schema.ts'
import { SAMPLE_EVENTS } from './sample-events.ts'

/** How long a hook may take, milliseconds: as agentvm's own limit. */
const [PROVIDE_WITHIN_MS, HANDLE_WITHIN_MS] = [5_000, 10_000]

/** The hooks that provide something, the manifest's field for it, and the schema of one. */
export const PROVIDERS = {
  'agentvm:profiles': { field: 'profiles', id: 'name', schema: ProfileSchema },
  'agentvm:sandboxes': { field: 'sandboxes', id: 'id', schema: SandboxSchema },
  'agentvm:identities': { field: 'identities', id: 'id', schema: IdentitySchema },
} as const satisfies Partial<Record<HookName, object>>

/** Every hook that there is. */
export const HOOKS: string[] = [...Object.keys(PROVIDERS), ...Object.keys(SAMPLE_EVENTS)]

/** Whether a hook provides something. */
export function isProviderHook(name: string): name is keyof typeof PROVIDERS {
  return Object.hasOwn(PROVIDERS, name)
}

/** Throws an `Error` unless the hook returns exactly what the manifest declares, each valid, whatever else it is told. */
export async function assertProvides(
  module: string,
  name: keyof typeof PROVIDERS,
  manifest: Record<string, unknown>,
): Promise<void> {
  const { field, id, schema } = PROVIDERS[name]
  const provided = await call(module, { later: 'a field of a later agentvm' }, PROVIDE_WITHIN_MS)
  assert.ok(Array.isArray(provided), `${name} doesn't return an array`)
  const ids = provided.map((each) => (assertKeeps(schema, each) as unknown as Record<string, string>)[id])
  assert.deepEqual(
    ids.toSorted(),
    [(manifest[field] ?? []) as string[]].flat().toSorted(),
    `agentvm.${field}`,
  )
}

/**
 * Throws an `Error` if the hook of an event throws, hangs or returns junk. `agentvm:spawn:before` may throw: that is
 * its veto; what it returns has to be valid.
 */
export async function assertSurvives(module: string, name: string): Promise<void> {
  const events = SAMPLE_EVENTS[name as keyof LifecycleEvents] ?? []
  for (const event of events) {
    const options = deepFreeze({ ...structuredClone(event), later: 'a field of a later agentvm' })
    if (name !== 'agentvm:spawn:before') await call(module, options, HANDLE_WITHIN_MS)
    else assertAmends(await call(module, options, HANDLE_WITHIN_MS).catch(veto))
  }
}

function assertAmends(amendment: unknown): void {
  if (amendment !== undefined) assertKeeps(AmendmentSchema, amendment)
}

/** A veto has to say why. A mistake in the code isn't one. */
function veto(error: unknown): undefined {
  assert.ok(error instanceof Error && error.message !== '', 'it throws what is no Error with a message')
  const isMistake = [TypeError, ReferenceError, SyntaxError, RangeError].some((kind) => error instanceof kind)
  if (isMistake || error instanceof Overtime) throw error
  return undefined
}

class Overtime extends Error {}

async function call(module: string, options: object, withinMs: number): Promise<unknown> {
  const { default: hook } = (await import(pathToFileURL(module).href)) as {
    default: (options: object) => unknown
  }
  let timer: NodeJS.Timeout | undefined
  const overtime = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Overtime(`it takes longer than ${withinMs / 1000} s`)), withinMs)
  })
  try {
    return await Promise.race([hook(options), overtime])
  } finally {
    clearTimeout(timer)
  }
}
