import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AgentService } from '../../src/network/proxy/agent-service.ts'
import type { RequestEntry } from '../../src/network/proxy/request-log.ts'
import { parseRule } from '../../src/network/rules.ts'

/** The proxy of one agent in this process, with a resolver of the test's, and servers for it to reach. */
export class ProxyBox {
  readonly folder = mkdtempSync(join(tmpdir(), 'agentvm-proxy-'))
  /** Addresses by name. A name that isn't there has none. */
  readonly names: Record<string, string[]> = {}
  /** Names that were looked up. */
  readonly lookups: string[] = []
  readonly service: AgentService
  private readonly servers: Server[] = []
  private readonly sockets = new Set<Socket>()
  private readonly log = join(this.folder, 'log', 'requests')

  constructor(patienceMs = 10_000) {
    this.service = new AgentService({
      name: () => 'tester',
      socketDir: join(this.folder, 'agent'),
      logFile: this.log,
      patienceMs,
      resolve: async (name) => {
        this.lookups.push(name)
        return this.names[name] ?? []
      },
    })
  }

  /** Replaces the rules. Returns how many connections that ended. */
  allow(...rules: string[]): number {
    return this.service.setRules(rules.map(parseRule))
  }

  /** A server on the loopback. Returns its port. */
  async server(serve: (socket: Socket) => void): Promise<number> {
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      this.keep(socket)
      serve(socket)
    })
    this.servers.push(server.listen(0, '127.0.0.1'))
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  }

  /** Connects as the agent does. */
  connect(): Socket {
    return this.keep(connect({ path: join(this.folder, 'agent', 's'), allowHalfOpen: true }))
  }

  /** Says something and returns everything that is answered until the proxy ends the connection. */
  async say(text: string | Buffer): Promise<string> {
    const socket = this.connect()
    socket.write(text)
    const chunks: Buffer[] = []
    socket.on('data', (chunk) => chunks.push(chunk))
    await Promise.race([once(socket, 'end'), once(socket, 'close')])
    socket.destroy()
    return Buffer.concat(chunks).toString('latin1')
  }

  /** What is on record. */
  requests(): RequestEntry[] {
    if (!existsSync(this.log)) return []
    return readFileSync(this.log, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  }

  remove(): void {
    this.service.close({ forGood: true })
    for (const socket of this.sockets) socket.destroy()
    for (const server of this.servers) server.close()
    rmSync(this.folder, { recursive: true, force: true })
  }

  private keep(socket: Socket): Socket {
    this.sockets.add(socket)
    return socket.on('error', () => {})
  }
}

/** Collects what comes until it holds a text, and returns it. */
export function untilSays(socket: Socket, text: string): Promise<string> {
  let seen = ''
  return new Promise((resolve, reject) => {
    socket.on('data', (chunk) => {
      seen += chunk.toString('latin1')
      if (seen.includes(text)) resolve(seen)
    })
    socket.on('close', () => reject(new Error(`it never said ${text}: ${seen}`)))
  })
}
