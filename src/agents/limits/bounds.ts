import type { LimitName, Limits } from '@agentvm/sdk'
import type { Layer } from '../../policy/choices.ts'

/** Memory of each process where that of the whole agent can't be bounded and nobody asked for another bound. */
const MEMORY_PER_PROCESS = 2 * 1024 ** 3

/** How an agent's bounds are kept, decided from what there is. */
export interface Bounds {
  /** Bounds of the agent as a whole, for a control group or a systemd scope. */
  group: Pick<Limits, 'memory' | 'processes' | 'cpus'>
  /** Open files of each process; undefined for no bound of ours. */
  openFiles: number | undefined
  /** Data of each process, bytes; undefined for no bound. */
  memoryPerProcess: number | undefined
  /** Bounds that don't hold as they were asked for, each with what holds instead. */
  gaps: { limit: LimitName; instead: string }[]
}

/**
 * Says how each limit is kept. `grouped` are those that a control group keeps here, `byBackend` those of the sandbox
 * backend, `sources` who asked for what. Pure.
 */
export function decideBounds(
  limits: Limits,
  grouped: readonly LimitName[],
  byBackend: readonly LimitName[],
  sources: Record<string, Layer>,
): Bounds {
  const { memory, processes, cpus, openFiles } = limits
  const wanted = Object.entries({ memory, processes, cpus }).filter(([, value]) => value)
  const byGroup = wanted.filter(([name]) => grouped.includes(name as LimitName))
  const ownBound = sources['limits.memory'] !== 'default'
  const isPerProcess = Boolean(memory) && !grouped.includes('memory') && !byBackend.includes('memory')
  const perProcess = ownBound ? (memory ?? 0) : Math.min(memory ?? 0, MEMORY_PER_PROCESS)
  const gaps: Bounds['gaps'] = []
  if (isPerProcess)
    gaps.push({ limit: 'memory', instead: `${Math.round(perProcess / 1024 ** 2)} MiB a process` })
  for (const name of ['processes', 'cpus', 'tmpSize', 'shmSize'] as const) {
    const isKept = grouped.includes(name) || byBackend.includes(name)
    if (limits[name] && !isKept) gaps.push({ limit: name, instead: 'no bound' })
  }
  return {
    group: Object.fromEntries(byGroup),
    openFiles: openFiles || undefined,
    memoryPerProcess: isPerProcess ? perProcess : undefined,
    gaps,
  }
}
