import type { ProbeResult, SandboxBackend } from '@agentvm/sdk'
import { UserError } from '../../errors.ts'
import type { Context } from '../context.ts'
import { KnownGood } from './known-good.ts'
import { hasHeld } from './self-test.ts'

type Refused = Extract<ProbeResult, { ok: false }>

/**
 * The backend for a spawn: the one asked for (by flag, else by config), else the strongest that works here. Where
 * none isolates, the agent runs unrestricted with a warning, unless `AGENTVM_REQUIRE_SANDBOX=true`, or agents of this
 * home had one that did.
 */
export async function chooseSandbox(context: Context, asked: string | undefined): Promise<SandboxBackend> {
  const wanted = asked ?? context.settings.sandbox
  const backend = wanted ? await byId(context, wanted) : await strongest(context)
  if (!backend.capabilities.isolates && context.settings.requireSandbox) {
    throw new UserError('no sandbox works here, and AGENTVM_REQUIRE_SANDBOX forbids to go on without', {
      fix: "'agentvm doctor' shows what is missing",
    })
  }
  if (!backend.capabilities.isolates && wanted === undefined) {
    context.warn(
      "no sandbox works here: the agent runs with all your rights. 'agentvm doctor' shows what is missing",
    )
  }
  return backend
}

const probes = new WeakMap<SandboxBackend, ReturnType<SandboxBackend['probe']>>()

/**
 * Asks a backend whether it works here, once in the life of this command: a swarm need not ask for each agent. A good
 * answer of one that says what its answers depend on is believed until that changes, or the machine boots.
 */
function probeOnce(context: Context, backend: SandboxBackend): ReturnType<SandboxBackend['probe']> {
  const probe = probes.get(backend) ?? believedProbe(context, backend)
  probes.set(backend, probe)
  return probe
}

async function believedProbe(context: Context, backend: SandboxBackend): ReturnType<SandboxBackend['probe']> {
  const dependsOn = dependenceOf(backend)
  if (dependsOn === undefined) return backend.probe()
  const known = new KnownGood(context, 'probes.json')
  const facts = [backend.id, context.extensions.coreVersion, dependsOn]
  if (known.has(facts)) return { ok: true }
  const probe = await backend.probe()
  if (probe.ok) known.add(facts)
  return probe
}

/** One that can't say it is asked each time. */
function dependenceOf(backend: SandboxBackend): string | undefined {
  try {
    const dependsOn: unknown = backend.probeDependsOn?.()
    return typeof dependsOn === 'string' ? dependsOn : undefined
  } catch {
    return undefined
  }
}

async function byId(context: Context, id: string): Promise<SandboxBackend> {
  const backend = await context.extensions.sandbox(id)
  const probe = await probeOnce(context, backend)
  if (probe.ok) return backend
  throw doesNotWork(backend, probe)
}

async function strongest(context: Context): Promise<SandboxBackend> {
  const failed: UserError[] = []
  for (const backend of await context.extensions.sandboxes()) {
    if (!backend.platforms.includes(process.platform)) continue
    const probe = await probeOnce(context, backend)
    if (!probe.ok) {
      failed.push(doesNotWork(backend, probe))
      continue
    }
    if (!backend.capabilities.isolates && hasHeld(context)) throw goneSince(failed[0])
    for (const { message } of failed) context.warn(message)
    return backend
  }
  throw new UserError('no sandbox backend is installed', { fix: "'agentvm doctor' shows what is missing" })
}

function doesNotWork({ label }: SandboxBackend, { reason, fix }: Refused): UserError {
  return new UserError(`the sandbox ${label} doesn't work here: ${reason}`, fix ? { fix } : {})
}

/** Why nothing starts without a sandbox where agents had one: whoever starts them counts on it. */
function goneSince(why: UserError | undefined): UserError {
  const message = why?.message ?? 'no sandbox works here'
  const mend = why?.fix ?? "'agentvm doctor' shows what is missing"
  return new UserError(`${message}, and agents had a sandbox here before`, {
    fix: `${mend}; '--sandbox none' goes on without one, with all your rights`,
  })
}
