import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** Milliseconds for the last address, and for each before it while others are left to try. */
const LAST_MS = 30_000
const EACH_MS = 5_000

/** Connects to one of these addresses, the first that answers. Never looks a name up. Throws the last error. */
export async function dial(addresses: readonly string[], port: number): Promise<Socket> {
  let failure: unknown = new Error('no address')
  for (const [index, host] of addresses.entries()) {
    const socket = connect({ host, port, noDelay: true, keepAlive: true, allowHalfOpen: true })
    try {
      const patience = index === addresses.length - 1 ? LAST_MS : EACH_MS
      await once(socket, 'connect', { signal: AbortSignal.timeout(patience) })
      return socket
    } catch (error) {
      socket.on('error', () => {}).destroy()
      failure = error
    }
  }
  throw failure
}
