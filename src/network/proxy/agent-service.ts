import { once } from 'node:events'
import { chmodSync, mkdirSync, rmSync } from 'node:fs'
import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import type { AllowedHost } from '@agentvm/sdk'
import type { Resolver } from './decide.ts'
import { Gate } from './gate.ts'
import { createHttpProxy } from './http.ts'
import { RequestLog } from './request-log.ts'
import { limited } from './resolve.ts'
import { SOCKS_VERSION } from './socks.ts'
import { serveSocks } from './socks-session.ts'

/** Name of the socket in an agent's folder. */
const SOCKET_NAME = 's'
/** Connections of one agent at a time. Each may hold some 128 KiB: one agent must not make the others' proxy large. */
const MOST_CONNECTIONS = 256
/** Milliseconds until a new connection must have said what it wants. */
const PATIENCE_MS = 15_000

/** What a service needs to know of its agent. */
export interface ServedAgent {
  /** The agent's name now: what a refusal's command names. */
  name: () => string
  /** Folder of the agent's socket, which the agent sees. */
  socketDir: string
  /** File of the agent's requests. */
  logFile: string
  resolve: Resolver
  /** Milliseconds until a new connection must have said what it wants: 15,000 unless given. */
  patienceMs?: number
}

/** The proxy for one agent, on a socket that only this agent has: whoever connects is this agent. */
export class AgentService {
  private readonly agent: ServedAgent
  private readonly patienceMs: number
  private readonly gate: Gate
  private readonly server: Server
  private readonly clients = new Set<Socket>()

  constructor(agent: ServedAgent) {
    this.agent = agent
    this.patienceMs = agent.patienceMs ?? PATIENCE_MS
    this.gate = new Gate(limited(agent.resolve), new RequestLog(agent.logFile))
    this.server = createHttpProxy({ gate: this.gate, name: agent.name, patienceMs: this.patienceMs })
    this.server.maxConnections = MOST_CONNECTIONS
    const asHttp = this.server.listeners('connection') as ((socket: Socket) => void)[]
    this.server.removeAllListeners('connection')
    this.server.on('connection', (client: Socket) => {
      this.clients.add(client)
      client.on('close', () => this.clients.delete(client))
      this.serve(client, () => {
        for (const listener of asHttp) listener.call(this.server, client)
      })
    })
  }

  /** Begins to listen. A socket that a former proxy left is replaced; the folder stays, since the agent has it mounted. */
  async listen(): Promise<void> {
    const { socketDir } = this.agent
    const path = join(socketDir, SOCKET_NAME)
    mkdirSync(socketDir, { recursive: true, mode: 0o700 })
    rmSync(path, { force: true })
    this.server.listen(path)
    await once(this.server, 'listening')
    chmodSync(path, 0o600)
  }

  /** Replaces the rules. Returns how many connections that ended. */
  setRules(rules: readonly AllowedHost[]): number {
    return this.gate.setRules(rules)
  }

  /** Ends every connection. For good, it removes the socket's folder as well: an agent that lives has it mounted. */
  close({ forGood }: { forGood: boolean }): void {
    this.server.close()
    for (const client of this.clients) client.destroy()
    this.gate.close()
    if (forGood) rmSync(this.agent.socketDir, { recursive: true, force: true })
  }

  /** Tells SOCKS from HTTP by the first byte. */
  private serve(client: Socket, asHttp: () => void): void {
    const ignore = () => {}
    const leave = () => client.destroy()
    const timer = setTimeout(leave, this.patienceMs)
    client.on('error', ignore)
    client.on('end', leave)
    client.on('close', () => clearTimeout(timer))
    client.once('data', (chunk: Buffer) => {
      clearTimeout(timer)
      client.pause()
      client.off('error', ignore).off('end', leave)
      client.unshift(chunk)
      if (chunk[0] === SOCKS_VERSION) {
        serveSocks(client, this.gate, this.patienceMs).catch(() => client.destroy())
      } else {
        asHttp()
        client.resume()
      }
    })
  }
}
