import type { SandboxBackend } from '@agentvm/sdk'
import type { Context } from '../context.ts'

/** The first backend that isolates and works here, for commands of ours over an agent's files; undefined if there is none. */
export async function isolatingBackend(context: Context): Promise<SandboxBackend | undefined> {
  for (const backend of await context.extensions.sandboxes()) {
    if (!backend.capabilities.isolates || !backend.platforms.includes(process.platform)) continue
    if ((await backend.probe()).ok) return backend
  }
  return undefined
}
