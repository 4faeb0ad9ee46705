import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { type Authority, parseAbsoluteForm, parseAuthority } from './authority.ts'
import { sayFarewell } from './farewell.ts'
import type { Gate, Passage } from './gate.ts'
import { forwardedHeaders, headerValues } from './http-headers.ts'
import { refusalText } from './refusal-text.ts'
import { countBytes, tunnel } from './tunnel.ts'

// An import would load all that the module offers, a web client among it: 14 MB that the proxy never uses.
const { createServer, request } = process.getBuiltinModule('node:http')

/** Bytes of a request's head. */
const LARGEST_HEAD = 16 * 1024

/** What the HTTP side needs to know of the agent. */
export interface HttpAgent {
  gate: Gate
  /** The agent's name now. */
  name: () => string
  /** Milliseconds within which a request's head must be whole. */
  patienceMs: number
}

/** An HTTP proxy for one agent: CONNECT to any port, and plain requests in absolute form. Not listening yet. */
export function createHttpProxy(agent: HttpAgent): Server {
  const server = createServer({
    maxHeaderSize: LARGEST_HEAD,
    headersTimeout: agent.patienceMs,
    requestTimeout: 0,
    keepAliveTimeout: 60_000,
    connectionsCheckingInterval: Math.min(agent.patienceMs, 5_000),
    requireHostHeader: false,
    insecureHTTPParser: false,
  })
  server.on('connect', (message, client, head) => {
    connectHost(agent, message, client, head).catch(() => client.destroy())
  })
  server.on('request', (message, response) => {
    forward(agent, message, response).catch(() => response.destroy())
  })
  server.on('clientError', (_error, client) => answer(client, 400, 'the request is malformed'))
  return server
}

async function connectHost(
  { gate, name }: HttpAgent,
  message: IncomingMessage,
  client: Duplex,
  head: Buffer,
) {
  client.on('error', () => {})
  const target = parseAuthority(message.url ?? '')
  const passage = target
    ? (refuseMismatch(gate, 'connect', message, target) ?? (await gate.pass('connect', target)))
    : refuseTarget(gate, 'connect', message.url ?? '')
  if (passage.kind !== 'open') return answer(client, ...problemOf(passage, name))
  const { remote } = passage
  if (client.destroyed) return void remote.destroy()
  client.write('HTTP/1.1 200 Connection established\r\n\r\n')
  if (head.length > 0) remote.write(head)
  tunnel(client, remote)
}

/** Sends a plain request on as a new message: nothing of the client's framing reaches the server. */
async function forward({ gate, name }: HttpAgent, message: IncomingMessage, response: ServerResponse) {
  const target = parseAbsoluteForm(message.url ?? '')
  const passage = target
    ? (refuseMismatch(gate, 'http', message, target) ?? (await gate.pass('http', target)))
    : refuseTarget(gate, 'http', message.url ?? '')
  if (!target || passage.kind !== 'open') {
    const [status, text] = passage.kind === 'open' ? ([400, ''] as const) : problemOf(passage, name)
    response
      .writeHead(status, { 'Content-Type': 'text/plain', Connection: 'close' })
      .end(`agentvm: ${text}\n`)
    return
  }
  const { remote } = passage
  if (response.destroyed) return void remote.destroy()
  const isChunked = headerValues(message.rawHeaders, 'transfer-encoding').length > 0
  const upstream = request({
    createConnection: () => remote,
    method: message.method ?? 'GET',
    path: target.path,
    headers: [
      ...['Host', target.port === 80 ? target.host : `${target.host}:${target.port}`],
      ...forwardedHeaders(message.rawHeaders),
      // Its own framing, told outright: a body without one would be read as another request.
      ...(isChunked ? ['Transfer-Encoding', 'chunked'] : []),
      ...['Connection', 'close'],
    ],
    maxHeaderSize: 4 * LARGEST_HEAD,
  })
  const fail = () => {
    remote.destroy()
    if (response.headersSent) response.destroy()
    else answer(response.socket ?? undefined, 502, `${target.host} did not answer as a web server does`)
  }
  upstream.on('error', fail)
  response.on('close', () => remote.destroy())
  upstream.on('response', (reply) => {
    reply.on('error', fail)
    try {
      response.writeHead(reply.statusCode ?? 502, reply.statusMessage, forwardedHeaders(reply.rawHeaders))
    } catch {
      return fail()
    }
    reply.on('data', countBytes)
    reply.pipe(response)
    return undefined
  })
  if (isChunked || message.headers['content-length'] !== undefined) message.pipe(upstream)
  else upstream.end()
}

/** Refuses a request whose Host header says another place than its target: a name-based server would act on that. */
function refuseMismatch(
  gate: Gate,
  via: 'connect' | 'http',
  { rawHeaders }: IncomingMessage,
  target: Authority,
): Passage | undefined {
  // Clients of CONNECT write the port, or leave it out.
  const defaultPort = via === 'http' ? 80 : target.port
  const differs = headerValues(rawHeaders, 'host').some((value) => {
    const host = parseAuthority(value, defaultPort)
    return host?.host.toLowerCase() !== target.host.toLowerCase() || host.port !== target.port
  })
  if (!differs) return undefined
  return gate.refuse(via, { allowed: false, ...printable(target), reason: 'mismatch' })
}

/** For a target that isn't even of the right form. */
function refuseTarget(gate: Gate, via: 'connect' | 'http', text: string): Passage {
  return gate.refuse(via, { allowed: false, ...printable({ host: text, port: 0 }), reason: 'bad-host' })
}

function printable({ host, port }: Authority): Authority {
  return { host: host.replaceAll(/[^\x21-\x7e]/g, '?').slice(0, 253), port }
}

function problemOf(passage: Passage & { kind: 'refused' | 'failed' }, name: () => string) {
  if (passage.kind === 'failed') return [502, passage.message] as const
  const { reason } = passage.verdict
  const status = reason === 'unresolved' ? 502 : reason === 'bad-host' || reason === 'mismatch' ? 400 : 403
  return [status, refusalText(passage.verdict, name())] as const
}

/** Answers a connection that has no response object, and ends it. Many clients show the reason phrase only. */
function answer(client: Duplex | undefined, status: number, text: string): void {
  const body = `agentvm: ${text}\n`
  const head = [
    `HTTP/1.1 ${status} ${text}`,
    'Content-Type: text/plain',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ]
  if (client) sayFarewell(client, `${head.join('\r\n')}\r\n\r\n${body}`)
}
