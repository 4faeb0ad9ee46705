import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SandboxPolicy } from '../policy.ts'
import type { SandboxBackend } from '../sandbox.ts'
import { launcherScript } from './launch.ts'
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
  const begins = (one: SandboxPolicy, name: string) => {
    rmSync(mark, { force: true })
    try {
      start(backend, one, join(folder, name), `touch '${policy.workspace.target}/begun'`)
    } catch {
      return false
    }
    return existsSync(mark)
  }
  const control = begins(policy, 'control')
  return Object.entries(brokenPolicies(policy)).map(([name, broken]): ProbeReport => {
    const outcome = begins(broken, name) ? 'hole' : control ? 'held' : 'unproven'
    return { id: `fail-closed/${name}`, class: 'fail-closed', outcome }
  })
}

function start(backend: SandboxBackend, policy: SandboxPolicy, run: string, script: string): void {
  const wrapped = backend.wrap(policy, ['/bin/sh', '-c', script])
  mkdirSync(run, { mode: 0o700 })
  for (const { name, content } of wrapped.files) writeFileSync(join(run, name), content, { mode: 0o600 })
  const cwd = backend.capabilities.relocatesPaths ? '/' : policy.cwd
  spawnSync('/bin/sh', ['-c', launcherScript(wrapped, run, cwd)], {
    stdio: 'ignore',
    timeout: 10_000,
    env: {},
  })
}
