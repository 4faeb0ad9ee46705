import { join } from 'node:path'
import type { SandboxBackend, SandboxPolicy, WrappedCommand } from '@agentvm/sdk'
import { check, WrappedSchema } from '@agentvm/sdk/schemas'
import { PluginError } from '../../errors.ts'
import { makePrivateDir } from '../../system/files.ts'
import { removeTree } from '../../system/remove-tree.ts'

/** The folder in an agent's run folder that a backend fills before a start. */
const PREPARED = 'sandbox'

/** Asks a backend what to run, and lets it make what that refers to. Throws a {@link PluginError} on an answer that can't be used. */
export async function wrapCommand(
  backend: SandboxBackend,
  policy: SandboxPolicy,
  command: string[],
  runDir: string,
): Promise<WrappedCommand> {
  const folder = join(runDir, PREPARED)
  const checked = check(WrappedSchema, backend.wrap(policy, command, folder))
  if (!checked.ok) {
    throw new PluginError(backend.id, `wrap() returned something invalid: ${checked.problems.join('; ')}`)
  }
  if (backend.prepare) {
    removeTree(folder)
    makePrivateDir(folder)
    await backend.prepare(policy, folder)
  }
  return checked.value
}
