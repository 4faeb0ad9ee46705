import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import type { Writable } from 'node:stream'
import type { SandboxBackend, SandboxPolicy, WrappedCommand } from '@agentvm/sdk'
import { pipeLauncher } from './launcher.ts'
import { RUN_FILES } from './run-files.ts'
import { startFolder, writeStartFiles } from './start-files.ts'

/** Descriptor by which the launcher learns that it may become the sandbox. */
const GO_FD = 3

/** What to start, and from which run folder. */
export interface PipedLaunch {
  backend: SandboxBackend
  policy: SandboxPolicy
  wrapped: WrappedCommand
  runDir: string
  name: string
  /** Whether the command gets standard input from us. */
  input: boolean
}

/** Starts a sandboxed command with pipes for its streams. It waits until {@link letGo}; if we die before, it never begins. */
export function launchPiped({ backend, policy, wrapped, runDir, name, input }: PipedLaunch): ChildProcess {
  const cwd = startFolder(policy, backend.capabilities.relocatesPaths)
  const launcher = pipeLauncher({ wrapped, cwd, runDir })
  writeStartFiles({ wrapped, cwd, runDir, policy, launcher, name })
  return spawn('/bin/sh', [join(runDir, RUN_FILES.launcher)], {
    stdio: [input ? 'pipe' : 'ignore', 'pipe', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH ?? '/usr/bin:/bin', AGENTVM_LAUNCHER_ID: policy.agentId },
    cwd: '/',
  })
}

/** Lets a launched command begin. */
export function letGo(child: ChildProcess): void {
  const go = child.stdio[GO_FD] as Writable
  go.on('error', () => {})
  go.end('go\n')
}
