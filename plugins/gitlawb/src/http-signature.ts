import { createHash } from 'node:crypto'
import type { KeyPair } from './key-pair.ts'

/** What is signed of a request. */
export interface SignedRequest {
  method: string
  /** Path and query as sent: unlike RFC 9421, gitlawb counts the query to `@path`. */
  path: string
  body: string
  /** Seconds since 1970. */
  created: number
}

/** The headers that sign a request to a gitlawb node: a subset of RFC 9421 with the label `sig1`. */
export function signatureHeaders(
  key: KeyPair,
  { method, path, body, created }: SignedRequest,
): Record<string, string> {
  const digest = `sha-256=:${createHash('sha256').update(body).digest('base64')}:`
  const parameters = `("@method" "@path" "content-digest");keyid="${key.did}";alg="ed25519";created=${created}`
  const base = [
    `"@method": ${method.toUpperCase()}`,
    `"@path": ${path}`,
    `"content-digest": ${digest}`,
    `"@signature-params": ${parameters}`,
  ].join('\n')
  return {
    'Content-Digest': digest,
    'Signature-Input': `sig1=${parameters}`,
    Signature: `sig1=:${key.sign(Buffer.from(base)).toString('base64')}:`,
  }
}
