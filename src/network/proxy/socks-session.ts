import type { Socket } from 'node:net'
import { sayFarewell } from './farewell.ts'
import type { Gate } from './gate.ts'
import {
  methodReply,
  type Parsed,
  parseGreeting,
  parseRequest,
  REPLY,
  requestReply,
  type SocksRequest,
} from './socks.ts'
import { tunnel } from './tunnel.ts'

/** Serves one SOCKS5 connection. Its first bytes are readable; the whole request must come within `patienceMs`. */
export async function serveSocks(client: Socket, gate: Gate, patienceMs: number): Promise<void> {
  client.on('error', () => {})
  const timer = setTimeout(() => client.destroy(), patienceMs)
  const messages = new Messages(client)
  const request = await handshake(client, messages)
  clearTimeout(timer)
  if (!request) return void client.destroy()
  if (!request.target) {
    if (request.address) {
      gate.refuse('socks5', { allowed: false, ...request.address, reason: 'address' })
    }
    return sayFarewell(client, requestReply(request.reply))
  }
  const passage = await gate.pass('socks5', request.target)
  if (passage.kind !== 'open') {
    return sayFarewell(
      client,
      requestReply(passage.kind === 'refused' ? REPLY.notAllowed : REPLY.unreachable),
    )
  }
  if (client.destroyed) return void passage.remote.destroy()
  client.write(requestReply(REPLY.succeeded))
  if (messages.rest.length > 0) passage.remote.write(messages.rest)
  tunnel(client, passage.remote)
}

async function handshake(client: Socket, messages: Messages): Promise<SocksRequest | undefined> {
  const greeting = await messages.next(parseGreeting)
  if (!greeting) return undefined
  client.write(methodReply(greeting.acceptable))
  return greeting.acceptable ? messages.next(parseRequest) : undefined
}

/** The messages in a stream of bytes that comes in pieces. */
class Messages {
  /** What came behind the last message. */
  rest = Buffer.alloc(0)
  private readonly client: Socket

  constructor(client: Socket) {
    this.client = client
  }

  /** The next message, or undefined if there will be none. */
  async next<T>(parse: (bytes: Buffer) => Parsed<T>): Promise<T | undefined> {
    for (;;) {
      const parsed = parse(this.rest)
      if (parsed.state === 'bad') return undefined
      if (parsed.state === 'whole') {
        this.rest = this.rest.subarray(parsed.size)
        return parsed
      }
      const chunk = await nextChunk(this.client)
      if (!chunk) return undefined
      this.rest = Buffer.concat([this.rest, chunk])
    }
  }
}

function nextChunk(client: Socket): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const done = (chunk?: Buffer) => {
      client.off('data', onData).off('end', onEnd).off('close', onEnd)
      resolve(chunk)
    }
    const onData = (chunk: Buffer) => {
      client.pause()
      done(chunk)
    }
    const onEnd = () => done()
    if (client.destroyed || client.readableEnded) return done()
    client.on('data', onData).on('end', onEnd).on('close', onEnd)
    client.resume()
    return undefined
  })
}
