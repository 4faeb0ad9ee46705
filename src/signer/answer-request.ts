import type { SigningKey } from './signing-key.ts'
import { isForGit } from './ssh-signature.ts'
import { sshString, uint32, WireReader } from './ssh-wire.ts'

/** Numbers of the messages of the ssh-agent protocol that there are here; every other one fails. */
const MESSAGE = {
  failure: 5,
  requestIdentities: 11,
  identitiesAnswer: 12,
  signRequest: 13,
  signResponse: 14,
} as const

/** What the key is listed as. */
const COMMENT = 'agentvm: signs git commits and tags only'

/**
 * Answers one request of the ssh-agent protocol, both without the length before them: lists the one key, or signs what
 * git wants signed. Everything else is a failure: other bytes, other keys, adding, removing, locking, extensions.
 */
export function answerRequest(request: Buffer, key: SigningKey): Buffer {
  const type = request[0]
  if (type === MESSAGE.requestIdentities && request.length === 1) return listKey(key)
  if (type === MESSAGE.signRequest) return signIfForGit(request, key)
  return Buffer.from([MESSAGE.failure])
}

function listKey(key: SigningKey): Buffer {
  return Buffer.concat([
    ...[Buffer.from([MESSAGE.identitiesAnswer]), uint32(1)],
    ...[sshString(key.publicBlob), sshString(COMMENT)],
  ])
}

function signIfForGit(request: Buffer, key: SigningKey): Buffer {
  try {
    const reader = new WireReader(request, 1)
    const [wanted, data, flags] = [reader.string(), reader.string(), reader.uint32()]
    if (wanted.equals(key.publicBlob) && flags === 0 && reader.atEnd && isForGit(data)) {
      return Buffer.concat([Buffer.from([MESSAGE.signResponse]), sshString(key.sign(data))])
    }
  } catch {
    // Not a request.
  }
  return Buffer.from([MESSAGE.failure])
}
