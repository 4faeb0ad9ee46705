import { sendJson } from './fetch-json.ts'
import { signatureHeaders } from './http-signature.ts'
import type { KeyPair } from './key-pair.ts'
import { USER_AGENT } from './register.ts'

/** Tells a node that a key has ended: for good, the node takes it for revoked from now on. Throws an `Error` in plain words if it doesn't. */
export async function signOff(key: KeyPair, node: string, signal: AbortSignal): Promise<void> {
  const path = `/api/v1/agents/${key.did}`
  const created = Math.floor(Date.now() / 1000)
  const headers = signatureHeaders(key, { method: 'DELETE', path, body: '', created })
  const url = `${node.replace(/\/+$/, '')}${path}`
  const answer = await sendJson('DELETE', url, '', { ...headers, 'User-Agent': USER_AGENT }, signal)
  // 404: it never knew the key, or has forgotten it.
  if ((answer.status < 200 || answer.status > 299) && answer.status !== 404) {
    throw new Error(`${new URL(node).host} refuses (${answer.status})`)
  }
}
