import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { lstat, mkdir, mkdtemp, open, readlink, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import type { Mount, PolicySymlink, ProbeResult, SandboxPolicy } from '@agentvm/sdk'
import type { HostFacts } from './host-facts.ts'
import { prepare } from './rootfs.ts'
import { hasProfile } from './seccomp.ts'
import { wrap } from './wrap.ts'

const run = promisify(execFile)

const LONGEST_MS = 20_000

/** Whether podman works here: really starts the smallest container that has all that a policy asks of the machine. */
export async function probe(facts: HostFacts): Promise<ProbeResult> {
  if (process.platform !== 'linux')
    return { ok: false, reason: 'podman has containers of its own on Linux only' }
  if (!hasProfile(facts.arch))
    return { ok: false, reason: `there is no system call filter for ${facts.arch}` }
  if (!facts.podman) {
    return {
      ok: false,
      reason: 'podman is not installed',
      fix: 'sudo apt install podman   (or: dnf, pacman, zypper, apk)',
    }
  }
  if (!facts.runtime) return { ok: false, reason: 'crun is not installed', fix: 'sudo apt install crun' }
  const folder = await mkdtemp(join(tmpdir(), 'agentvm-podman-'))
  try {
    const [version] = await Promise.all([
      run(facts.podman, ['--version'], { env: facts.env, timeout: 10_000 }),
      startSmallest(folder, facts),
    ])
    return { ok: true, version: `${version.stdout.trim()} with ${facts.runtime.name}` }
  } catch (error) {
    return explain((error as { stderr?: string }).stderr || String(error), facts)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function startSmallest(folder: string, facts: HostFacts): Promise<void> {
  const place = async (name: string) => {
    await mkdir(join(folder, name))
    return join(folder, name)
  }
  const system = await smallestSystem()
  const policy: SandboxPolicy = {
    ...{ version: 1, agentId: `probe${process.pid}`, hostname: 'probe', cwd: '/workspace', system },
    workspace: { source: await place('workspace'), target: '/workspace' },
    home: { source: await place('home'), target: '/home/agent' },
    ...{ readOnly: [], readWrite: [], symlinks: [], protect: [], sockets: [], env: {}, tty: false },
    ...{ network: { mode: 'none' }, limits: { tmpSize: 65_536, shmSize: 65_536 } },
    user: { uid: 1000, gid: 1000, name: 'agent' },
  }
  const prepared = await place('prepared')
  await prepare(policy, prepared)
  const { argv, env, files } = wrap(policy, ['/usr/bin/true'], facts, prepared)
  for (const { name, content } of files) await writeFile(join(folder, name), content)
  const [environment, status] = [
    await open(join(folder, files[0]?.name ?? '')),
    await open(join(folder, 'status'), 'w'),
  ]
  try {
    const child = spawn(argv[0], argv.slice(1), {
      ...{ env, timeout: LONGEST_MS },
      stdio: ['ignore', 'ignore', 'pipe', environment.fd, status.fd],
    })
    const [stderr, [code]] = await Promise.all([text(child.stderr as Readable), once(child, 'close')])
    if (code !== 0) throw new Error(stderr.trim() || `it ended with ${code}`)
  } finally {
    await Promise.all([environment.close(), status.close()])
  }
}

/** Enough of the system to start a program. */
async function smallestSystem(): Promise<SandboxPolicy['system']> {
  const readOnly: Mount[] = []
  const symlinks: PolicySymlink[] = []
  for (const path of ['/usr', '/bin', '/lib', '/lib64', '/nix/store', '/gnu/store']) {
    const stats = await lstat(path).catch(() => undefined)
    if (stats?.isSymbolicLink()) symlinks.push({ path, target: await readlink(path) })
    else if (stats) readOnly.push({ source: path, target: path })
  }
  return { readOnly, symlinks, files: [] }
}

/** Why podman fails, in plain words. */
const REFUSALS: { sign: RegExp; reason: string; fix: string }[] = [
  {
    sign: /hybrid mode/,
    reason: 'crun takes no machine with both versions of control groups',
    fix: 'boot with systemd.unified_cgroup_hierarchy=1   (as root: sudo apt install runc)',
  },
  {
    sign: /newuidmap|subuid|subgid/,
    reason: 'podman needs a second user id for containers of an ordinary user',
    fix: 'sudo apt install uidmap && sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 $USER',
  },
]

function explain(message: string, { runtime, isRoot }: HostFacts): ProbeResult {
  const found = REFUSALS.find(({ sign }) => sign.test(message))
  if (found) return { ok: false, reason: found.reason, fix: found.fix }
  if (runtime?.name === 'runc' && !isRoot && /permission denied/.test(message)) {
    return {
      ok: false,
      reason: 'runc starts no private root for an ordinary user',
      fix: 'sudo apt install crun',
    }
  }
  const line = message.trim().split('\n').at(-1)
  return { ok: false, reason: `podman can't start a container here: ${line}` }
}
