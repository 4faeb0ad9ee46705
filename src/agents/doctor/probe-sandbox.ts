import type { SandboxBackend } from '@agentvm/sdk'
import type { ProbeClass, ProbeReport } from '@agentvm/sdk/testing'
import { UserError } from '../../errors.ts'
import { AGENT_USER } from '../../policy/build-policy.ts'
import { systemPaths } from '../../policy/system-paths.ts'
import type { Context } from '../context.ts'

/** How a sandbox held against the attacks of one class. */
interface ClassScore {
  class: ProbeClass
  held: number
  holes: string[]
  /** Attacks that don't work here without a sandbox either: nothing is shown by them. */
  unproven: string[]
}

/** How one sandbox held on this machine. */
export interface SandboxScore {
  sandbox: string
  probes: number
  held: number
  classes: ClassScore[]
}

/**
 * Attacks sandboxes on this machine, harmlessly: the one asked for, else each that works here. Throws a
 * {@link UserError} if none can be attacked.
 */
export async function probeSandboxes(context: Context, asked: string | undefined): Promise<SandboxScore[]> {
  const backends = asked ? [await context.extensions.sandbox(asked)] : await context.extensions.sandboxes()
  const { probeSandbox } = await import('@agentvm/sdk/testing')
  const scores: SandboxScore[] = []
  for (const backend of backends) {
    if (!asked && !(await isWorthIt(backend))) continue
    if (!backend.capabilities.isolates) {
      throw new UserError(`${backend.label} isolates nothing: there is nothing to probe`, { exitCode: 2 })
    }
    const system = systemPaths(process.platform, AGENT_USER)
    scores.push(scoreOf(backend.id, await probeSandbox(backend, { system })))
  }
  if (scores.length > 0) return scores
  throw new UserError('no sandbox works here', { fix: "'agentvm doctor' shows what is missing" })
}

async function isWorthIt({ platforms, capabilities, probe }: SandboxBackend): Promise<boolean> {
  return capabilities.isolates && platforms.includes(process.platform) && (await probe()).ok
}

function scoreOf(sandbox: string, reports: readonly ProbeReport[]): SandboxScore {
  const kinds = [...new Set(reports.map((report) => report.class))]
  const ids = (kind: ProbeClass, outcome: ProbeReport['outcome']) =>
    reports.filter((one) => one.class === kind && one.outcome === outcome).map(({ id }) => id)
  const classes = kinds.map((kind): ClassScore => {
    return {
      class: kind,
      held: ids(kind, 'held').length,
      holes: ids(kind, 'hole'),
      unproven: ids(kind, 'unproven'),
    }
  })
  const held = classes.reduce((sum, one) => sum + one.held, 0)
  return { sandbox, probes: reports.length, held, classes }
}
