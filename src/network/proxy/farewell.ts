import type { Duplex } from 'node:stream'

/** Milliseconds that a client has to read its answer. */
const READING_TAKES_MS = 2_000

/** Answers a client for the last time. One that keeps its side open is not waited for; what it still says is dropped. */
export function sayFarewell(client: Duplex, answer: string | Buffer): void {
  client.on('error', () => {})
  client.resume()
  client.end(answer)
  const timer = setTimeout(() => client.destroy(), READING_TAKES_MS)
  client.on('close', () => clearTimeout(timer))
}
