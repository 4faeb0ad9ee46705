import type { Authority } from './authority.ts'

/** SOCKS protocol version 5, RFC 1928. */
export const SOCKS_VERSION = 5

/** Reply codes, RFC 1928 section 6. */
export const REPLY = {
  succeeded: 0,
  notAllowed: 2,
  unreachable: 4,
  commandNotSupported: 7,
  addressNotSupported: 8,
} as const

const NO_AUTHENTICATION = 0
const NO_METHOD = 0xff
const CONNECT = 1
const IPV4 = 1
const NAME = 3
const IPV6 = 4

/** What the bytes received so far amount to. `more`: they are a beginning. `bad`: they can't become a message. */
export type Parsed<T> = { state: 'more' } | { state: 'bad' } | ({ state: 'whole'; size: number } & T)

/** Reads the client's greeting: the ways to sign in that it offers. */
export function parseGreeting(bytes: Buffer): Parsed<{ acceptable: boolean }> {
  if (bytes.length > 0 && bytes[0] !== SOCKS_VERSION) return { state: 'bad' }
  const count = bytes[1]
  if (count === undefined || bytes.length < 2 + count) return { state: 'more' }
  const methods = bytes.subarray(2, 2 + count)
  return { state: 'whole', size: 2 + count, acceptable: methods.includes(NO_AUTHENTICATION) }
}

/** What a client asks for. `target` is undefined where it can't be served, and `reply` says why. */
export interface SocksRequest {
  target: Authority | undefined
  /** For an address instead of a name: what it was, for the log. */
  address: Authority | undefined
  reply: number
}

/** Reads the client's request. */
export function parseRequest(bytes: Buffer): Parsed<SocksRequest> {
  if (bytes.length > 0 && bytes[0] !== SOCKS_VERSION) return { state: 'bad' }
  if (bytes.length > 2 && bytes[2] !== 0) return { state: 'bad' }
  const [, command, , kind, length] = bytes
  if (kind === undefined || length === undefined) return { state: 'more' }
  if (kind !== IPV4 && kind !== NAME && kind !== IPV6) return { state: 'bad' }
  const [from, size] = kind === NAME ? [5, length] : [4, kind === IPV4 ? 4 : 16]
  if (bytes.length < from + size + 2) return { state: 'more' }
  const host = bytes.subarray(from, from + size)
  const port = bytes.readUInt16BE(from + size)
  const whole = { state: 'whole', size: from + size + 2 } as const
  const refused = { ...whole, target: undefined, address: undefined }
  if (command !== CONNECT) return { ...refused, reply: REPLY.commandNotSupported }
  if (kind !== NAME) {
    const address = kind === IPV4 ? host.join('.') : (host.toString('hex').match(/..../g) ?? []).join(':')
    return { ...refused, address: { host: address, port }, reply: REPLY.addressNotSupported }
  }
  // Latin-1, so that no byte is lost: the host's own check refuses what isn't a name.
  return { ...refused, target: { host: host.toString('latin1'), port }, reply: REPLY.succeeded }
}

/** The answer to a greeting. */
export function methodReply(acceptable: boolean): Buffer {
  return Buffer.from([SOCKS_VERSION, acceptable ? NO_AUTHENTICATION : NO_METHOD])
}

/** The answer to a request. The address in it means nothing. */
export function requestReply(code: number): Buffer {
  return Buffer.from([SOCKS_VERSION, code, 0, IPV4, 0, 0, 0, 0, 0, 0])
}
