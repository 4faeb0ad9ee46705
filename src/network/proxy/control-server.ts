import { once } from 'node:events'
import { chmodSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import type { ControlAnswer, ControlRequest } from '../control.ts'

/** Listens for agentvm's own commands: one request and one answer a connection. */
export async function listenForControl(
  path: string,
  handle: (request: ControlRequest) => Promise<ControlAnswer>,
): Promise<Server> {
  rmSync(path, { force: true })
  const server = createServer({ allowHalfOpen: true }, (client) => void serve(client, handle))
  server.listen(path)
  await once(server, 'listening')
  chmodSync(path, 0o600)
  return server
}

async function serve(client: Socket, handle: (request: ControlRequest) => Promise<ControlAnswer>) {
  client.on('error', () => {})
  let answer: ControlAnswer
  try {
    answer = await handle(JSON.parse(await text(client)))
  } catch (error) {
    answer = { ok: false, problem: (error as Error).message }
  }
  client.end(`${JSON.stringify(answer)}\n`)
}
