import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SandboxPolicy } from '@agentvm/sdk'
import type { Layer } from '../../policy/choices.ts'
import { makePrivateDir } from '../../system/files.ts'
import type { BoundAgent } from '../limits/bound-agent.ts'
import { type LauncherOptions, START_FILE, startFile } from './launcher.ts'
import { EXIT_ROOM, RUN_FILES } from './run-files.ts'

/**
 * Writes a file of an agent's run folder. Nobody reads it before it is whole: the folder is new, and its launcher isn't
 * started yet.
 */
export function writeStartFile(runDir: string, name: string, content: string | Uint8Array, mode = 0o600) {
  writeFileSync(join(runDir, name), content, { flag: 'wx', mode })
}

/** Writes what the launcher needs into the agent's run folder: itself, the backend's files, the policy without secrets. */
export function writeStartFiles(
  options: LauncherOptions & {
    policy: SandboxPolicy
    sources: Record<string, Layer>
    enforcement: BoundAgent['enforcement']
    launcher: string
    name: string
  },
): void {
  const { runDir, wrapped, policy } = options
  makePrivateDir(runDir)
  const write = (name: string, content: string | Uint8Array) => writeStartFile(runDir, name, content)
  for (const file of wrapped.files) write(file.name, file.content)
  const start = startFile(options)
  if (start !== undefined) write(START_FILE, start)
  write(RUN_FILES.name, `${options.name}\n`)
  write(
    RUN_FILES.policy,
    `${JSON.stringify({ ...policyDocument(policy, options.enforcement), sources: options.sources }, null, 2)}\n`,
  )
  write(RUN_FILES.exitRoom, EXIT_ROOM)
  writeStartFile(runDir, RUN_FILES.launcher, options.launcher, 0o700)
}

/** The folder on the host where the backend's program starts. A backend that moves paths enters the workspace itself. */
export function startFolder(policy: SandboxPolicy, relocatesPaths: boolean): string {
  return relocatesPaths ? '/' : policy.cwd
}

/** A policy as it may be shown: with what keeps its limits, and with names of variables instead of their values. */
export function policyDocument(
  policy: SandboxPolicy,
  enforcement: BoundAgent['enforcement'],
): Record<string, unknown> {
  const { env, ...rest } = policy
  return { ...rest, env: Object.keys(env).sort(), enforcement }
}
