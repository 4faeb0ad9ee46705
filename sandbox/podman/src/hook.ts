import type { SandboxBackend } from '@agentvm/sdk'
import backend from './index.ts'

/** Answers `agentvm:sandboxes`. Of the SDK only types are imported: the installed package needs no other. */
export default async function sandboxes(): Promise<SandboxBackend[]> {
  return [backend]
}
