import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { anthropicMessages } from './anthropic-messages.ts'
import { geminiContents } from './gemini-contents.ts'
import { openaiChat } from './openai-chat.ts'
import { openaiResponses } from './openai-responses.ts'
import { type Answer, type Asked, type Protocol, plainValue, type Reply, USAGE } from './protocol.ts'

const PROTOCOLS: readonly Protocol[] = [anthropicMessages, openaiResponses, openaiChat, geminiContents]

/** What the model does with a request: a reply, or one that comes later. */
export type Script = (asked: Asked) => Reply | Promise<Reply>

/**
 * A stand-in on loopback for the providers' APIs: the Messages, Responses, Chat Completions and generateContent
 * protocols, streaming or not. The test says what the model answers; the real CLIs run real turns against it.
 */
export class ModelApi {
  /** The agent's own requests in their order: those that offer tools, and want no form of answer. */
  readonly asked: Asked[] = []
  /** Everything that was requested, as `METHOD path`: also lists of models, titles, look-ups at start. */
  readonly requests: string[] = []
  /** What the model does. A CLI's side requests (titles, summaries) are answered with a word. */
  script: Script = () => ({ say: 'Done.' })
  private readonly server: Server

  private constructor() {
    this.server = createServer((request, response) => {
      this.answer(request, response).catch((error) => response.destroy(error as Error))
    })
  }

  static async start(): Promise<ModelApi> {
    const api = new ModelApi()
    api.server.listen(0, '127.0.0.1')
    await once(api.server, 'listening')
    return api
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port
  }

  stop(): void {
    this.server.closeAllConnections()
    this.server.close()
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A proxy may pass on the whole address.
    const { pathname } = new URL(request.url ?? '/', 'http://model.test')
    const body = await text(request)
    this.requests.push(`${request.method} ${pathname}`)
    const protocol = request.method === 'POST' ? PROTOCOLS.find(({ path }) => path.test(pathname)) : undefined
    if (!protocol) return sideRequest(pathname, response)
    const asked = protocol.read(JSON.parse(body), pathname)
    const isTurn = asked.tools.length > 0 && !asked.schema
    if (isTurn) this.asked.push(asked)
    const reply = isTurn ? await this.script(asked) : aside(asked)
    if (response.destroyed) return
    if ('fail' in reply)
      return sendJson(response, reply.fail, protocol.failure(reply.fail, reply.message ?? 'no'))
    if (!asked.stream) return sendJson(response, 200, protocol.whole(reply, asked))
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
    for (const { event, data } of protocol.events(reply, asked)) {
      response.write(
        `${event ? `event: ${event}\n` : ''}data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`,
      )
    }
    response.end()
  }
}

/** A promise that the test fulfils: for a script that waits until it is released. */
export function gate(): { opened: Promise<void>; open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { opened: promise, open: resolve }
}

/** The answer to a CLI's side question. */
function aside({ schema }: Asked): Answer {
  return { say: schema ? JSON.stringify(plainValue(schema)) : 'Task' }
}

/** Lists of models, counts of tokens, and what else the CLIs ask at their start. */
function sideRequest(path: string, response: ServerResponse): void {
  const [status, value]: [number, unknown] = /:countTokens$|\/count_tokens$/.test(path)
    ? [200, { totalTokens: USAGE.input, input_tokens: USAGE.input }]
    : /\/models$/.test(path)
      ? [200, { object: 'list', data: [], models: [] }]
      : [404, { error: { message: `the stand-in has no ${path}` } }]
  sendJson(response, status, value)
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}
