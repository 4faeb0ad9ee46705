import { connect } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Home } from '../settings/home.ts'
import { CONTROL_SOCKET, CONTROL_VERSION, type ControlAnswer, type Registration } from './control.ts'

/** Milliseconds for an answer, on the busiest machine. */
const ANSWER_TAKES_MS = 15_000

/** What a command asks of the proxy. */
export type Question = { op: 'serve' | 'adopt'; agents: Registration[] } | { op: 'stop' }

/** Asks the proxy of a home. Rejects if none listens, or it doesn't answer in time. */
export async function askProxy(home: Home, question: Question): Promise<ControlAnswer> {
  const socket = connect({ path: join(home.proxySockets, CONTROL_SOCKET), allowHalfOpen: true })
  const timer = setTimeout(() => socket.destroy(new Error('no answer in time')), ANSWER_TAKES_MS)
  try {
    socket.end(JSON.stringify({ version: CONTROL_VERSION, ...question }))
    return JSON.parse(await text(socket)) as ControlAnswer
  } finally {
    clearTimeout(timer)
    socket.destroy()
  }
}
