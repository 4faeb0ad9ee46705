import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { constants, openSync } from 'node:fs'
import { Socket } from 'node:net'
import { join } from 'node:path'
import type { Writable } from 'node:stream'
import type { SandboxBackend, SandboxPolicy, WrappedCommand } from '@agentvm/sdk'
import type { Layer } from '../../policy/choices.ts'
import { makePrivateDir } from '../../system/files.ts'
import { closeInheritedDescriptors } from '../../system/inherited.ts'
import type { BoundAgent, LaunchBounds } from '../limits/bound-agent.ts'
import { PIPES, pipeLauncher } from '../spawn/launcher.ts'
import { RUN_FILES } from '../spawn/run-files.ts'
import { startFolder, writeStartFiles } from '../spawn/start-files.ts'

/** Descriptor by which the launcher learns that it may become the sandbox. */
const GO_FD = 3

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
export function launchPiped(launch: PipedLaunch): PipedChild {
  const { backend, policy, wrapped, runDir, input, bounds } = launch
  closeInheritedDescriptors()
  const cwd = startFolder(policy, backend.capabilities.relocatesPaths)
  const launcher = pipeLauncher({ wrapped, cwd, runDir, input, bounds })
  writeStartFiles({ ...launch, cwd, launcher })
  makePrivateDir(runDir)
  const pipes = [...(input ? [PIPES.stdin] : []), PIPES.stdout, PIPES.stderr]
  const env = { PATH: process.env.PATH ?? '/usr/bin:/bin', AGENTVM_LAUNCHER_ID: policy.agentId }
  execFileSync('mkfifo', ['-m', '600', ...pipes.map((pipe) => join(runDir, pipe))], { env })
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
    process: spawn('/bin/sh', [join(runDir, RUN_FILES.launcher)], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
      env,
      cwd: '/',
    }),
  }
}

/** Lets a launched command begin. */
export function letGo(child: PipedChild): void {
  const go = child.process.stdio[GO_FD] as Writable
  go.on('error', () => {})
  go.end('go\n')
}
