import { createHash, createPublicKey, verify } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** How the double of a node, and of its iCaptcha service, behaves. */
export interface NodeBehaviour {
  /** Seconds by which its clock is ahead. */
  clockAhead?: number
  /** Answers the first so many requests with 503. */
  startsAfter?: number
  /** Answers nothing before. */
  waitsFor?: Promise<unknown>
  /** Answers each request like this instead. */
  answers?: (response: ServerResponse) => void
  /** So many registrations in so much time; the next are refused, to come again after so many seconds. */
  limit?: { registrations: number; windowMs: number; retryAfter: number }
  /** Wants an iCaptcha proof, and advertises this service; its own if undefined is given. */
  gate?: { advertises?: string; work?: number; asks?: { type: string; prompt: string; answer: string }[] }
}

const SPKI = Buffer.from('302a300506032b6570032100', 'hex')
const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'

/** A gitlawb node on loopback: checks signatures as the real one does, by node:crypto, and misbehaves on request. */
export class GitlawbNode {
  /** DIDs that have signed off. */
  readonly ended = new Set<string>()
  readonly requests: { path: string; headers: IncomingMessage['headers']; body: string }[] = []
  private readonly server: Server
  private readonly behaviour: NodeBehaviour
  private counted: number[] = []
  private asked = 0
  private token = ''

  private constructor(behaviour: NodeBehaviour) {
    this.behaviour = behaviour
    this.server = createServer((request, response) => void this.handle(request, response))
  }

  static async start(behaviour: NodeBehaviour = {}): Promise<GitlawbNode> {
    const node = new GitlawbNode(behaviour)
    node.server.listen(0, '127.0.0.1')
    await once(node.server, 'listening')
    return node
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  stop(): void {
    this.server.closeAllConnections()
    this.server.close()
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request)
    const path = request.url ?? ''
    this.requests.push({ path, headers: request.headers, body })
    const { startsAfter = 0, answers } = this.behaviour
    await this.behaviour.waitsFor
    if (answers) answers(response)
    else if (this.requests.length <= startsAfter) reply(response, 503, { error: 'db_unavailable' })
    else if (path.startsWith('/v1/')) this.icaptcha(path, JSON.parse(body), response)
    else this.register(request, path, body, response)
  }

  private register(request: IncomingMessage, path: string, body: string, response: ServerResponse): unknown {
    const now = Math.floor(Date.now() / 1000) + (this.behaviour.clockAhead ?? 0)
    response.setHeader('date', new Date(now * 1000).toUTCString())
    const input = String(request.headers['signature-input'] ?? '')
    const match = /^sig1=(\(.*\);keyid="(did:key:z(\w+))";alg="ed25519";created=(\d+))$/.exec(input)
    if (!match) return reply(response, 401, { error: 'not_an_agent', message: 'sign your request' })
    const [, parameters, did = '', encoded = '', created] = match
    if (Math.abs(now - Number(created)) > 300)
      return reply(response, 400, { error: 'clock_skew', message: 'clock' })
    const digest = `sha-256=:${createHash('sha256').update(body).digest('base64')}:`
    const base = `"@method": ${request.method}\n"@path": ${path}\n"content-digest": ${digest}\n"@signature-params": ${parameters}`
    const key = createPublicKey({
      ...{ format: 'der', type: 'spki' },
      key: Buffer.concat([SPKI, decode58(encoded).subarray(2)]),
    })
    const signature = /^sig1=:(.*):$/.exec(String(request.headers.signature))?.[1] ?? ''
    if (!verify(null, Buffer.from(base), key, Buffer.from(signature, 'base64'))) {
      return reply(response, 401, { error: 'invalid_signature', message: 'wrong signature' })
    }
    if (request.method === 'DELETE') {
      if (!path.endsWith(`/${did}`)) return reply(response, 403, { error: 'forbidden', message: 'not yours' })
      this.ended.add(did)
      return response.writeHead(204).end()
    }
    if (this.isLimited()) {
      response.setHeader('retry-after', String(this.behaviour.limit?.retryAfter ?? 60))
      return response.writeHead(429).end('rate limit exceeded — try again later')
    }
    if (JSON.parse(body).did !== did)
      return reply(response, 403, { error: 'forbidden', message: 'not yours' })
    if (this.behaviour.gate && request.headers['x-icaptcha-proof'] !== `proof-of-${did}`) {
      response.setHeader('x-icaptcha-url', this.behaviour.gate.advertises ?? this.url)
      response.setHeader('x-icaptcha-level', '3')
      return reply(response, 403, { error: 'icaptcha_proof_required', message: 'prove it' })
    }
    return reply(response, 201, { status: 'accepted', did, ucan: `token-of-${did}` })
  }

  /** As the real one counts an address: registrations within a window. */
  private isLimited(): boolean {
    const { limit } = this.behaviour
    if (!limit) return false
    this.counted = this.counted.filter((time) => time > Date.now() - limit.windowMs)
    if (this.counted.length >= limit.registrations) return true
    this.counted.push(Date.now())
    return false
  }

  private icaptcha(path: string, body: Record<string, string>, response: ServerResponse): unknown {
    const asks = this.behaviour.gate?.asks ?? [{ type: 'arithmetic', prompt: 'What is 2 + 3?', answer: '5' }]
    const challenge = () => ({
      ...{ type: asks[this.asked]?.type, prompt: asks[this.asked]?.prompt, token: this.token },
      ...(this.behaviour.gate?.work === undefined
        ? {}
        : {
            pow: {
              algorithm: 'sha256-leading-zero-bits',
              challenge: 'c',
              difficulty: this.behaviour.gate.work,
            },
          }),
    })
    if (path === '/v1/challenge') {
      this.asked = 0
      this.token = body.requesterId ?? ''
      return reply(response, 200, challenge())
    }
    if (body.answer !== asks[this.asked]?.answer)
      return reply(response, 200, { status: 'failed', reason: 'wrong' })
    this.asked += 1
    if (this.asked < asks.length) return reply(response, 200, { status: 'continue', challenge: challenge() })
    return reply(response, 200, { status: 'passed', level: 3, proof: `proof-of-${this.token}` })
  }
}

function reply(response: ServerResponse, status: number, body: object): ServerResponse {
  response.writeHead(status, { 'content-type': 'application/json' })
  return response.end(JSON.stringify(body))
}

function decode58(encoded: string): Buffer {
  let value = 0n
  for (const letter of encoded) value = value * 58n + BigInt(ALPHABET.indexOf(letter))
  return Buffer.from(value.toString(16).padStart(68, '0'), 'hex')
}
