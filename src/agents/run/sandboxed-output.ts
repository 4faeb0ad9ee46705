import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { SandboxBackend } from '@agentvm/sdk'
import { AGENT_USER, buildPolicy, insidePaths } from '../../policy/build-policy.ts'
import { DEFAULT_LIMITS } from '../../policy/default-limits.ts'
import { agentEnvironment } from '../../policy/environment.ts'
import type { ResolvedProgram } from '../../policy/program.ts'
import { systemPaths } from '../../policy/system-paths.ts'
import { makePrivateDir } from '../../system/files.ts'
import { removeTree } from '../../system/remove-tree.ts'
import { makeScratch } from '../../system/scratch.ts'
import type { Context } from '../context.ts'
import { wrapCommand } from '../spawn/wrap-command.ts'
import { newId } from '../state/names.ts'
import { launchPiped, letGo } from './launch-piped.ts'

/** What a sandboxed command said. */
export interface SandboxedResult {
  exitCode: number
  stdout: string
  stderr: string
}

/** What such a command may use: no group of its own, it is ours and short. */
const CHECK_BOUNDS = { enter: [], scope: undefined, openFiles: undefined, memoryPerProcess: undefined }

/** How to run such a command. */
export interface SandboxedOptions {
  /** Milliseconds that it may take. */
  longestMs?: number
  /** What it needs of the host, where it isn't the system's. */
  program?: ResolvedProgram
}

/** Milliseconds that such a command may take, unless it is said. */
const LONGEST_MS = 60_000

/**
 * Runs a command of ours over a workspace, in a sandbox without network, with an empty home, and where the workspace
 * can't be changed: what an agent configured there (git hooks, filters, fsmonitor) can do less than the agent could.
 */
export async function sandboxedOutput(
  context: Context,
  backend: SandboxBackend,
  workspace: string | undefined,
  command: string[],
  { longestMs = LONGEST_MS, program }: SandboxedOptions = {},
): Promise<SandboxedResult> {
  const id = newId()
  const parent = context.home.runs
  makePrivateDir(parent)
  const scratch = makeScratch(parent, 'check')
  const places = { workspace: workspace ?? join(scratch, 'workspace'), home: join(scratch, 'home') }
  for (const folder of Object.values(places)) makePrivateDir(folder)
  try {
    const built = buildPolicy({
      ...{ agentId: id, name: 'check', backend, ...places, program, readOnly: [], readWrite: [] },
      system: systemPaths(process.platform, AGENT_USER),
      env: agentEnvironment(
        {
          home: insidePaths(backend, places).home,
          pathDirs: program?.pathDirs ?? [],
          tty: false,
          id,
          name: 'check',
        },
        undefined,
        { flags: ['GIT_OPTIONAL_LOCKS=0'], file: {}, caller: {} },
      ),
      ...{ protect: [], limits: DEFAULT_LIMITS },
      network: { mode: backend.capabilities.network.includes('none') ? 'none' : 'host' },
      tty: false,
    })
    const policy = { ...built, protect: workspace === undefined ? [] : [built.workspace.target] }
    const wrapped = await wrapCommand(backend, policy, command, scratch)
    const child = await launchPiped({
      ...{
        backend,
        policy,
        wrapped,
        runDir: scratch,
        name: 'check',
        sources: {},
        input: false,
        bounds: CHECK_BOUNDS,
        enforcement: { by: 'rlimits', gaps: [] },
      },
    })
    const timer = setTimeout(() => child.process.kill('SIGKILL'), longestMs)
    letGo(child)
    const [[code], stdout, stderr] = await Promise.all([
      once(child.process, 'exit'),
      text(child.stdout),
      text(child.stderr),
    ])
    clearTimeout(timer)
    return { exitCode: code ?? 1, stdout, stderr }
  } finally {
    removeTree(scratch)
  }
}
