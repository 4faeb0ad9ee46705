import { type ChildProcess, spawn } from 'node:child_process'
import { constants, existsSync, openSync } from 'node:fs'
import { Socket } from 'node:net'
import { join } from 'node:path'
import type { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { SandboxBackend, SandboxPolicy, WrappedCommand } from '@agentvm/sdk'
import { UserError } from '../../errors.ts'
import type { Layer } from '../../policy/choices.ts'
import { closeInheritedDescriptors } from '../../system/inherited.ts'
import type { BoundAgent, LaunchBounds } from '../limits/bound-agent.ts'
import { PIPES, pipeLauncher } from '../spawn/launcher.ts'
import { RUN_FILES } from '../spawn/run-files.ts'
import { startFolder, writeStartFiles } from '../spawn/start-files.ts'

/** Descriptor by which the launcher learns that it may become the sandbox. */
const GO_FD = 3

/** How long a launcher may take to make its pipes, on the busiest machine. */
const PIPES_TAKE_MS = 15_000

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
  await whenMade(join(runDir, PIPES.stderr), child)
  const open = (pipe: string, flags: number) => openSync(join(runDir, pipe), flags | constants.O_NONBLOCK)
  const reader = (pipe: string) =>
    new Socket({ fd: open(pipe, constants.O_RDONLY), readable: true, writable: false })
  return {
    // Open for both, so that it can be opened before the launcher reads.
    stdin: input
      ? new Socket({ fd: open(PIPES.stdin, constants.O_RDWR), readable: false, writable: true })
      : undefined,
    stdout: reader(PIPES.stdout),
    stderr: reader(PIPES.stderr),
    process: child,
  }
}

/** Waits until a launcher has made the last of its pipes. Throws a {@link UserError} if it can't. */
async function whenMade(pipe: string, child: ChildProcess): Promise<void> {
  child.on('error', () => {})
  for (const deadline = Date.now() + PIPES_TAKE_MS; !existsSync(pipe); await sleep(1)) {
    if (child.pid !== undefined && child.exitCode === null && Date.now() < deadline) continue
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
