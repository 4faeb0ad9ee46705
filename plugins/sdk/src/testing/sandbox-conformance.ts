import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { SandboxPolicy } from '../policy.ts'
import type { SandboxBackend } from '../sandbox.ts'
import { makeDecoys, makeWorkspace, PROTECTED } from './decoys.ts'
import { failClosedProbes } from './fail-closed.ts'
import { hostSystem } from './host-system.ts'
import { makeLaunch } from './launch.ts'
import type { Decoys, Probe, ProbeReport } from './probe.ts'
import { FILE_READ, FILE_WRITE, PERSISTENCE } from './probes/files.ts'
import { kernelProbes } from './probes/kernel.ts'
import { ENV, IPC, NETWORK, PROCESS, RESOURCE, TTY } from './probes/surroundings.ts'

const SPACE = 2 * 1024 * 1024
const LONGEST_MS = 45_000

/** What {@link probeSandbox} takes besides the backend. */
export interface ProbeOptions {
  /** The system's own files that the sandboxes are to show; this machine's usual ones by default. */
  system?: SandboxPolicy['system']
}

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
    const without = await attack(['/bin/sh', '-c', scriptOf(probes, decoys)], {
      ...{
        cwd: bare,
        env: { DECOY_SECRET: 'of-the-host', SSH_AUTH_SOCK: '/decoy', HOME: join(decoys.folder, 'home') },
      },
    })
    const inside = await attackWithin(backend, policy, scriptOf(probes, decoys), run)
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

/** The kit as tests of any framework with `describe` and `it`: one for each class, which fails on a hole. */
export function sandboxConformance(
  backend: SandboxBackend,
  framework: {
    describe: (name: string, body: () => void) => void
    it: (name: string, body: () => Promise<void>) => void
  },
  options: ProbeOptions = {},
): void {
  let reports: Promise<ProbeReport[]> | undefined
  framework.describe(`the sandbox ${backend.id} holds`, () => {
    for (const kind of [...new Set([...allProbes().map((probe) => probe.class), 'fail-closed' as const])]) {
      framework.it(kind, async () => {
        reports ??= probeSandbox(backend, options)
        const holes = (await reports).filter((report) => report.class === kind && report.outcome === 'hole')
        if (holes.length > 0) throw new Error(`holes: ${holes.map(({ id }) => id).join(', ')}`)
      })
    }
  })
}

function probePolicy(
  backend: SandboxBackend,
  host: { workspace: string; home: string },
  { system = hostSystem() }: ProbeOptions,
): SandboxPolicy {
  const { relocatesPaths, network } = backend.capabilities
  const inside = relocatesPaths ? { workspace: '/workspace', home: '/home/agent' } : host
  return {
    ...{ version: 1, agentId: 'probe000', hostname: 'probe', cwd: inside.workspace, system },
    workspace: { source: host.workspace, target: inside.workspace },
    home: { source: host.home, target: inside.home },
    ...{ readOnly: [], readWrite: [], symlinks: [], sockets: [], tty: false },
    protect: PROTECTED.map((path) => `${inside.workspace}/${path}`),
    env: { PATH: '/usr/bin:/bin', HOME: inside.home, LANG: 'C' },
    network: { mode: network.includes('none') ? 'none' : 'host' },
    limits: { tmpSize: SPACE, shmSize: SPACE },
    user: { uid: 1000, gid: 1000, name: 'agent' },
  }
}

/** All attacks in one script: each in a shell of its own, which prints the id of what succeeded. */
function scriptOf(probes: readonly Probe[], { folder, pid, port, abstract }: Decoys): string {
  const namespaces = ['pid', 'mnt', 'ipc', 'uts', 'user', 'net'].map(
    (name) => `NS_${name}='${namespace(name)}'`,
  )
  return [
    `export V='${folder}' P=${pid} PORT=${port} ABSTRACT='${abstract}' ${namespaces.join(' ')}`,
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
