import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { HOST_LOOPBACK } from '../../../src/network/host-name.ts'
import { Home } from '../../../src/settings/home.ts'
import type { Workbench } from '../workbench.ts'

const BYTES = 512 * 1024 ** 2
/** The kernel's clock ticks, as `getconf CLK_TCK` prints them on every Linux that Node runs on. */
const TICKS_A_SECOND = 100
const run = promisify(execFile)

/** What the proxy of a home passes on, what that costs it, and its memory afterwards. Straight at an agent's socket: the bridge isn't measured. */
export async function proxy(bench: Workbench): Promise<void> {
  const home = bench.home()
  const block = Buffer.alloc(1024 ** 2, 'x')
  const server = createServer(async (_request, response) => {
    response.writeHead(200, { 'Content-Length': BYTES })
    for (let sent = 0; sent < BYTES; sent += block.length) {
      if (!response.write(block)) await once(response, 'drain')
    }
    response.end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  try {
    const rule = `${HOST_LOOPBACK}:${port}`
    const { id } = await home.json<{ id: string }>('spawn', 'proxied', '--allow', rule, '--', 'sleep', '1000')
    const pid = Number(/^\d+/.exec(home.read('proxy/pid'))?.[0])
    const socket = join(new Home({ AGENTVM_HOME: home.path }).proxySocketDir(id), 's')
    for (const [name, download] of [
      ['CONNECT', () => throughTunnel(socket, rule)],
      ['plain HTTP', () => byRequest(socket, rule)],
    ] as const) {
      const [cpu, start] = [cpuSeconds(pid), performance.now()]
      await download()
      const seconds = (performance.now() - start) / 1000
      bench.add(
        { name: `proxy, ${name}`, value: BYTES / 1e6 / seconds, unit: 'MB/s', target: null },
        {
          name: `proxy, ${name}`,
          value: ((cpuSeconds(pid) - cpu) * 1e9) / BYTES,
          unit: 's of CPU a GB',
          target: { most: 5 },
        },
      )
    }
    const rss = Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024
    bench.add({ name: 'proxy, memory after', value: rss / 1e6, unit: 'MB', target: { most: 60 } })
  } finally {
    server.close()
    server.closeAllConnections()
  }
}

async function byRequest(socket: string, host: string): Promise<void> {
  const url = `http://${host}/`
  await run('curl', [
    ...['--silent', '--show-error', '--fail', '--output', '/dev/null', '--max-time', '120'],
    ...['--unix-socket', socket, '--request-target', url, url],
  ])
}

/** Opens a tunnel and reads until all has come. */
async function throughTunnel(socket: string, host: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    let left = BYTES
    let asked = false
    const client = connect({
      path: socket,
      onread: {
        buffer: Buffer.alloc(256 * 1024),
        callback: (length) => {
          if (!asked) client.write(`GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
          else left -= length
          asked = true
          if (left <= 0) client.destroy()
          return true
        },
      },
    })
    client.on('error', reject)
    client.on('close', () => (left <= 0 ? resolve() : reject(new Error('the tunnel ended early'))))
    client.write(`CONNECT ${host} HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
  })
}

/** User and system time that a process has used. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND
}
