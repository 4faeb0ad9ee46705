import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { SandboxPolicy } from '../policy.ts'
import type { SandboxBackend } from '../sandbox.ts'
import { makeDecoys, makeWorkspace, standIns } from './decoys.ts'
import { failClosedProbes } from './fail-closed.ts'
import { type TestFramework, testPromises } from './framework.ts'
import { makeLaunch } from './launch.ts'
import type { Decoys, Probe, ProbeReport } from './probe.ts'
import { type ProbeOptions, probePolicy, VALUE } from './probe-policy.ts'
import { FILE_READ, FILE_WRITE, PERSISTENCE } from './probes/files.ts'
import { kernelProbes } from './probes/kernel.ts'
import { ENV, IPC, NETWORK, PROCESS, RESOURCE, TTY } from './probes/surroundings.ts'
import { PURE_PROMISES, STARTED_PROMISES, StartedSandbox } from './sandbox-contract.ts'

const LONGEST_MS = 45_000

/** Every attack by a script, for this machine. */
export function allProbes(arch: string = process.arch): Probe[] {
  return [
    ...[...FILE_READ, ...FILE_WRITE, ...PERSISTENCE, ...PROCESS, ...kernelProbes(arch)],
    ...[...IPC, ...NETWORK, ...ENV, ...RESOURCE, ...TTY],
  ]
}

/**
 * Attacks a backend on this machine: each probe without a sandbox, to show that it works, and within. Takes a few
 * seconds, three starts of the sandbox and harmless decoys in a temporary folder. Throws an `Error` if the sandbox
 * doesn't start.
 */
export async function probeSandbox(
  backend: SandboxBackend,
  options: ProbeOptions = {},
): Promise<ProbeReport[]> {
  const root = mkdtempSync(join(tmpdir(), 'agentvm-probe-'))
  const folder = (name: string) => {
    mkdirSync(join(root, name), { mode: 0o700 })
    return join(root, name)
  }
  const decoys = await makeDecoys(folder('victim'))
  try {
    const [bare, workspace] = [folder('bare'), folder('workspace')]
    for (const one of [bare, workspace]) makeWorkspace(one)
    const policy = probePolicy(backend, { workspace, home: folder('home') }, options)
    const probes = allProbes()
    const run = folder('run')
    // Below a shell that has the secret in its environment and a value in its words.
    const without = await attack(
      ['/bin/sh', '-c', '/bin/sh -c "$1"; exit', VALUE, scriptOf(probes, decoys, false)],
      {
        cwd: bare,
        env: { DECOY_SECRET: 'of-the-host', SSH_AUTH_SOCK: '/decoy', HOME: join(decoys.folder, 'home') },
      },
    )
    const inside = await attackWithin(backend, policy, scriptOf(probes, decoys, true), run)
    return [
      ...probes.map(({ id, class: kind }): ProbeReport => {
        const outcome = inside.has(id) ? 'hole' : without.has(id) ? 'held' : 'unproven'
        return { id, class: kind, outcome }
      }),
      ...(await failClosedProbes(backend, policy, folder('fail'))),
    ]
  } finally {
    decoys.end()
    rmSync(root, { recursive: true, force: true })
  }
}

/**
 * The kit as tests: what every backend promises, and for one that isolates the attacks, a test for each class, which
 * fails on a hole. Takes some ten seconds. On a system that is none of the backend's `platforms` only what needs no
 * start is tried.
 */
export function sandboxConformance(
  backend: SandboxBackend,
  framework: TestFramework,
  options: ProbeOptions = {},
): void {
  const { describe, it } = framework
  describe(`the sandbox ${backend.id}`, () => {
    testPromises(backend, PURE_PROMISES, framework)
    if (!backend.platforms.includes(process.platform)) return
    testPromises(new StartedSandbox(backend, options), STARTED_PROMISES, framework)
    if (backend.capabilities.isolates) attacks(backend, it, options)
  })
}

function attacks(backend: SandboxBackend, it: TestFramework['it'], options: ProbeOptions): void {
  let reports: Promise<ProbeReport[]> | undefined
  for (const kind of [...new Set([...allProbes().map((probe) => probe.class), 'fail-closed' as const])]) {
    it(`holds against attacks: ${kind}`, async () => {
      reports ??= probeSandbox(backend, options)
      const holes = (await reports).filter((report) => report.class === kind && report.outcome === 'hole')
      if (holes.length > 0) throw new Error(`holes: ${holes.map(({ id }) => id).join(', ')}`)
    })
  }
}

/** All attacks in one script: each in a shell of its own, which prints the id of what succeeded. */
function scriptOf(probes: readonly Probe[], decoys: Decoys, within: boolean): string {
  const { folder, pid, port, abstract } = decoys
  const places = Object.entries(standIns(decoys, within)).map(([name, value]) => `${name}='${value}'`)
  const namespaces = ['pid', 'mnt', 'ipc', 'uts', 'user', 'net'].map(
    (name) => `NS_${name}='${namespace(name)}'`,
  )
  return [
    `export V='${folder}' P=${pid} PORT=${port} ABSTRACT='${abstract}' ${[...places, ...namespaces].join(' ')}`,
    ...probes.map(({ id, attack }) => `( ${attack}\n) </dev/null >/dev/null 2>&1 && echo '${id}'`),
    'echo done',
  ].join('\n')
}

function namespace(name: string): string {
  try {
    return readlinkSync(`/proc/self/ns/${name}`)
  } catch {
    return 'none'
  }
}

async function attackWithin(
  backend: SandboxBackend,
  policy: SandboxPolicy,
  script: string,
  run: string,
): Promise<Set<string>> {
  const launcher = await makeLaunch(backend, policy, ['/bin/sh', '-c', script], run)
  writeFileSync(join(run, 'launcher'), launcher, { mode: 0o700 })
  return attack(['/bin/sh', join(run, 'launcher')], { cwd: '/', env: { DECOY_SECRET: 'of-the-host' } })
}

async function attack(
  [file, ...args]: [string, ...string[]],
  { cwd, env }: { cwd: string; env: Record<string, string> },
): Promise<Set<string>> {
  const child = spawn(file, args, {
    ...{ cwd, env: { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', ...env } },
    ...{ stdio: ['ignore', 'pipe', 'pipe'], timeout: LONGEST_MS, killSignal: 'SIGKILL' },
  })
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  const words = stdout.trim().split('\n')
  if (words.at(-1) !== 'done')
    throw new Error(`the attacks did not run to their end: ${stderr.trim().slice(-300)}`)
  return new Set(words.slice(0, -1))
}
