import { once } from 'node:events'
import { chmodSync, mkdirSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { answerRequest } from './answer-request.ts'
import { SigningKey } from './signing-key.ts'
import { uint32 } from './ssh-wire.ts'

/** Name of the socket in an agent's folder. */
export const SIGNER_SOCKET = 'g'
/** Bytes of the longest request: what git wants signed takes 220. */
const LONGEST_REQUEST = 1024
/** Connections of one agent at a time. */
const MOST_CONNECTIONS = 32
/** Milliseconds that a connection may be silent, also in the middle of a request. */
const PATIENCE_MS = 10_000

/** How a signer is told of its agent. */
export interface SignerOptions {
  /** Folder of the agent's socket, which the agent sees. */
  socketDir: string
  /** The agent's private key, which no sandbox shows. */
  keyFile: string
  /** Milliseconds that a connection may be silent: 10,000 unless given. */
  patienceMs?: number
}

/** Signs one agent's commits, on a socket that only this agent has, with a key that it never sees. */
export class SignerService {
  private readonly options: SignerOptions
  private readonly server: Server
  private readonly clients = new Set<Socket>()
  private key: SigningKey

  /** Throws an `Error` if the key can't be read. */
  constructor(options: SignerOptions) {
    this.options = options
    this.key = SigningKey.read(options.keyFile)
    this.server = createServer((client) => this.serve(client))
    this.server.maxConnections = MOST_CONNECTIONS
  }

  /** Begins to listen. A socket that a former process left is replaced; the folder stays, since the agent has it mounted. */
  async listen(): Promise<void> {
    const { socketDir } = this.options
    const path = join(socketDir, SIGNER_SOCKET)
    mkdirSync(socketDir, { recursive: true, mode: 0o700 })
    rmSync(path, { force: true })
    this.server.listen(path)
    await once(this.server, 'listening')
    chmodSync(path, 0o600)
  }

  /** Reads the key again: it may be another one. */
  reload(): void {
    this.key = SigningKey.read(this.options.keyFile)
  }

  close(): void {
    this.server.close()
    for (const client of this.clients) client.destroy()
  }

  private serve(client: Socket): void {
    let received: Buffer = Buffer.alloc(0)
    this.clients.add(client)
    client.on('close', () => this.clients.delete(client))
    client.on('error', () => {})
    client.setTimeout(this.options.patienceMs ?? PATIENCE_MS, () => client.destroy())
    client.on('data', (chunk) => {
      received = Buffer.concat([received, chunk as Buffer])
      for (;;) {
        if (received.length < 4) return
        const length = received.readUInt32BE()
        if (length === 0 || length > LONGEST_REQUEST) return void client.destroy()
        if (received.length < 4 + length) return
        const answer = answerRequest(received.subarray(4, 4 + length), this.key)
        received = received.subarray(4 + length)
        client.write(Buffer.concat([uint32(answer.length), answer]))
        // One that doesn't read its answers must not make us keep them.
        if (client.writableLength > LONGEST_REQUEST * 64) return void client.destroy()
      }
    })
  }
}
