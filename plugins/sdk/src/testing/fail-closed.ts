import { spawnSync } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { SandboxPolicy } from '../policy.ts'
import type { SandboxBackend } from '../sandbox.ts'
import { makeLaunch } from './launch.ts'
import type { ProbeReport } from './probe.ts'

const ABSENT = '/agentvm-absent'

/** Policies that can't be enforced. A backend has to throw on each, or its command must not begin. */
function brokenPolicies(policy: SandboxPolicy): Record<string, SandboxPolicy> {
  const absent = { source: ABSENT, target: ABSENT }
  return {
    'workspace-absent': { ...policy, workspace: { ...policy.workspace, source: ABSENT } },
    'home-absent': { ...policy, home: { ...policy.home, source: ABSENT } },
    'mount-absent': { ...policy, readOnly: [...policy.readOnly, absent] },
    'protected-absent': { ...policy, protect: [`${policy.workspace.target}${ABSENT}`] },
    'protected-elsewhere': { ...policy, protect: ['/etc/agentvm-elsewhere'] },
    'folder-absent': { ...policy, cwd: `${policy.workspace.target}${ABSENT}` },
    'nul-byte': { ...policy, env: { ...policy.env, X: 'a\0b' } },
  }
}

/** Starts each of them on a command that leaves a mark; a good policy has to leave it. */
export async function failClosedProbes(
  backend: SandboxBackend,
  policy: SandboxPolicy,
  folder: string,
): Promise<ProbeReport[]> {
  const mark = join(policy.workspace.source, 'begun')
  const begins = async (one: SandboxPolicy, name: string) => {
    rmSync(mark, { force: true })
    try {
      await start(backend, one, join(folder, name))
    } catch {
      return false
    }
    return existsSync(mark)
  }
  const control = await begins(policy, 'control')
  const reports: ProbeReport[] = []
  for (const [name, broken] of Object.entries(brokenPolicies(policy))) {
    const outcome = (await begins(broken, name)) ? 'hole' : control ? 'held' : 'unproven'
    reports.push({ id: `fail-closed/${name}`, class: 'fail-closed', outcome })
  }
  return reports
}

async function start(backend: SandboxBackend, policy: SandboxPolicy, run: string): Promise<void> {
  const command = ['/bin/sh', '-c', `touch '${policy.workspace.target}/begun'`]
  const script = await makeLaunch(backend, policy, command, run)
  spawnSync('/bin/sh', ['-c', script], { stdio: 'ignore', timeout: 10_000, env: {} })
}
