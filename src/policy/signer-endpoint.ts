import { join } from 'node:path'
import type { Mount, SandboxBackend } from '@agentvm/sdk'
import { SIGNER_SOCKET } from '../signer/signer-service.ts'
import { PROXY_FOLDER } from './proxy-endpoint.ts'

/** The folder of an agent's sockets, and where the agent finds it: where paths can't be moved, at its own place. */
export function socketFolder(backend: Pick<SandboxBackend, 'capabilities'>, source: string): Mount {
  return { source, target: backend.capabilities.relocatesPaths ? PROXY_FOLDER : source }
}

/** The variables by which programs find the signer: it speaks the ssh-agent protocol. */
export function signerEnvironment({ target }: Mount): Record<string, string> {
  return { SSH_AUTH_SOCK: join(target, SIGNER_SOCKET) }
}
