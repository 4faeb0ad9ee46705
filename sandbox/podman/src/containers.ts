import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { HostFacts } from './host-facts.ts'

const run = promisify(execFile)

/** podman and the options that every call of ours has. */
export function podman({ podman: program, runtime }: HostFacts): [string, ...string[]] {
  if (!program || !runtime) throw new Error(`${program ? 'crun' : 'podman'} is not installed`)
  return [program, '--events-backend=none', '--cgroup-manager=cgroupfs', '--runtime', runtime.path]
}

/** The name of an agent's container. */
export function containerName(agentId: string): string {
  return `agentvm-${agentId}`
}

/** Ends an agent's container and removes it, if there is one. */
export async function removeContainer(agentId: string, facts: HostFacts): Promise<void> {
  if (!facts.podman || !facts.runtime) return
  const [program, ...options] = podman(facts)
  const remove = ['rm', '--force', '--ignore', '--time', '0', containerName(agentId)]
  await run(program, [...options, ...remove], { env: facts.env, timeout: 30_000 })
}
