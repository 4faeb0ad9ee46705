import { type ChildProcess, spawn } from 'node:child_process'
import { constants, existsSync, openSync } from 'node:fs'
import { Socket } from 'node:net'
import { join } from 'node:path'
import type { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { SandboxBackend, SandboxPolicy, WrappedCommand } from '@agentvm/sdk'
import { UserError } from '../../errors.ts'
import type { Layer } from '../../policy/choices.ts'
import { errorCode } from '../../system/files.ts'
import { closeInheritedDescriptors } from '../../system/inherited.ts'
import { whenStarted } from '../../system/when-started.ts'
import type { BoundAgent, LaunchBounds } from '../limits/bound-agent.ts'
import { PIPES, pipeLauncher } from '../spawn/launcher.ts'
import { RUN_FILES } from '../spawn/run-files.ts'
import { startFolder, writeStartFiles } from '../spawn/start-files.ts'

/** Descriptor by which the launcher learns that it may become the sandbox. */
const GO_FD = 3

/** How long a launcher may take to make its pipes and to open the first, on the busiest machine. */
const COMES_UP_MS = 15_000

/** What to start, and from which run folder. */
export interface PipedLaunch {
  backend: SandboxBackend
  policy: SandboxPolicy
  wrapped: WrappedCommand
  runDir: string
  name: string
  /** Which layer decided what, by field of the policy. */
  sources: Record<string, Layer>
  bounds: LaunchBounds
  enforcement: BoundAgent['enforcement']
  /** Whether the command gets standard input from us. */
  input: boolean
}

/** A launched command and our ends of its streams. */
export interface PipedChild {
  process: ChildProcess
  stdin: Socket | undefined
  stdout: Socket
  stderr: Socket
}

/**
 * Starts a sandboxed command with pipes for its streams. It waits until {@link letGo}; if we die before, it never
 * begins. The pipes are FIFOs: Node's own are sockets, which a program can't open as `/dev/stdin` or `/dev/stdout`.
 */
export async function launchPiped(launch: PipedLaunch): Promise<PipedChild> {
  const { backend, policy, wrapped, runDir, input, bounds } = launch
  closeInheritedDescriptors()
  const cwd = startFolder(policy, backend.capabilities.relocatesPaths)
  const launcher = pipeLauncher({ wrapped, cwd, runDir, input, bounds })
  writeStartFiles({ ...launch, cwd, launcher })
  const child = spawn('/bin/sh', [join(runDir, RUN_FILES.launcher)], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    env: { PATH: process.env.PATH ?? '/usr/bin:/bin', AGENTVM_LAUNCHER_ID: policy.agentId },
    cwd: '/',
  })
  child.on('error', () => {})
  await whenStarted(child)
  const pathOf = (pipe: string) => join(runDir, pipe)
  await untilUp(child, () => existsSync(pathOf(PIPES.stderr)) || undefined)
  const [stdout, stderr] = [PIPES.stdout, PIPES.stderr].map((pipe) => {
    const fd = openSync(pathOf(pipe), constants.O_RDONLY | constants.O_NONBLOCK)
    return new Socket({ fd, readable: true, writable: false })
  }) as [Socket, Socket]
  try {
    const stdin = input ? await untilUp(child, () => openIfRead(pathOf(PIPES.stdin))) : undefined
    return { stdin, stdout, stderr, process: child }
  } catch (error) {
    stdout.destroy()
    stderr.destroy()
    throw error
  }
}

/**
 * A FIFO to write to, or undefined as long as nobody reads it. Opened for both ways it would be there at once, but what is
 * written, and closed again, before the launcher comes to it would be lost.
 */
function openIfRead(pipe: string): Socket | undefined {
  try {
    const fd = openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK)
    return new Socket({ fd, readable: false, writable: true })
  } catch (error) {
    if (errorCode(error) === 'ENXIO') return undefined
    throw error
  }
}

/** Looks until a launcher has come so far that there is something. Throws a {@link UserError} if it doesn't. */
async function untilUp<T>(child: ChildProcess, look: () => T | undefined): Promise<T> {
  for (const deadline = performance.now() + COMES_UP_MS; ; await sleep(1)) {
    const seen = look()
    if (seen !== undefined) return seen
    if (child.pid !== undefined && child.exitCode === null && performance.now() < deadline) continue
    child.kill('SIGKILL')
    throw new UserError(
      'the launcher of the run did not come up: it needs a shell, and mkfifo on your PATH',
      {
        fix: "'agentvm doctor' checks the programs that agentvm needs",
        exitCode: 125,
      },
    )
  }
}

/** Lets a launched command begin. */
export function letGo(child: PipedChild): void {
  const go = child.process.stdio[GO_FD] as Writable
  go.on('error', () => {})
  go.end('go\n')
}
