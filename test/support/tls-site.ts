import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, normalize } from 'node:path'
import { HOST_LOOPBACK } from '../../src/network/host-name.ts'

/** A web site on this machine's loopback, with a certificate that only its own authority vouches for. It serves the files below its root. */
export class TlsSite {
  readonly folder = mkdtempSync(join(tmpdir(), 'agentvm-site-'))
  readonly root = join(this.folder, 'root')
  /** The certificate of its authority. */
  readonly authority = join(this.folder, 'ca.pem')
  port = 0
  private server: Server | undefined

  /** As agents name it. */
  get host(): string {
    return `${HOST_LOOPBACK}:${this.port}`
  }
  get url(): string {
    return `https://${this.host}`
  }

  async start(): Promise<void> {
    mkdirSync(this.root)
    const key = join(this.folder, 'key.pem')
    execFileSync('openssl', [
      ...[
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '2',
      ],
      ...['-subj', `/CN=${HOST_LOOPBACK}`, '-addext', `subjectAltName=DNS:${HOST_LOOPBACK}`],
      ...['-keyout', key, '-out', this.authority],
    ])
    const options = { key: readFileSync(key), cert: readFileSync(this.authority) }
    this.server = createServer(options, (request, response) => this.serve(request, response))
    this.server.listen(0, '127.0.0.1')
    await once(this.server, 'listening')
    this.port = (this.server.address() as AddressInfo).port
  }

  /** Adds a file to the site. */
  put(path: string, content: string | Uint8Array): void {
    const file = join(this.root, path)
    mkdirSync(join(file, '..'), { recursive: true })
    writeFileSync(file, content)
  }

  remove(): void {
    this.server?.closeAllConnections()
    this.server?.close()
    rmSync(this.folder, { recursive: true, force: true })
  }

  private serve(request: IncomingMessage, response: ServerResponse): void {
    const path = decodeURIComponent(new URL(request.url ?? '/', this.url).pathname)
    try {
      const file = join(this.root, normalize(path.endsWith('/') ? `${path}index.html` : path))
      const content = readFileSync(file)
      response.writeHead(200, path.endsWith('/') ? { 'Content-Type': 'text/html' } : {}).end(content)
    } catch {
      response.writeHead(404).end()
    }
  }
}
