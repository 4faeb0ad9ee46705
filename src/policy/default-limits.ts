import type { Limits } from '@agentvm/sdk'

const MIB = 1024 * 1024
const GIB = 1024 * MIB

/** What an agent may use where nothing else is said: enough for a big build, too little to take the machine down. */
export const DEFAULT_LIMITS: Required<Omit<Limits, 'cpus'>> = {
  memory: 8 * GIB,
  processes: 1024,
  openFiles: 65_536,
  tmpSize: GIB,
  shmSize: 256 * MIB,
  logSize: 64 * MIB,
}
