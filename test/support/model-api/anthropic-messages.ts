import { type Answer, type Asked, newId, type Protocol, pieces, textOf, USAGE } from './protocol.ts'

interface Body {
  model: string
  stream?: boolean
  tools?: { name: string }[]
  messages: { role: string; content: string | Block[] }[]
}

interface Block {
  type: string
  text?: string
  content?: unknown
}

/** Anthropic's Messages API. */
export const anthropicMessages: Protocol = {
  path: /\/v1\/messages$/,
  read(body) {
    const { model, stream = false, tools = [], messages } = body as Body
    return { model, stream, body, tools: tools.map(({ name }) => name), said: messages.flatMap(saidIn) }
  },
  whole: (reply, asked) => ({ ...message(asked), content: blocks(reply), ...ending(reply), usage: usage() }),
  events(reply, asked) {
    const start = {
      ...message(asked),
      content: [],
      stop_reason: null,
      usage: { ...usage(), output_tokens: 1 },
    }
    return [
      { type: 'message_start', message: start },
      ...blocks(reply).flatMap(blockEvents),
      { type: 'message_delta', delta: ending(reply), usage: { output_tokens: USAGE.output } },
      { type: 'message_stop' },
    ].map((data) => ({ event: data.type, data }))
  },
  failure: (status, message) => ({ type: 'error', error: { type: errorType(status), message } }),
}

function saidIn({ role, content }: Body['messages'][number]): Asked['said'] {
  const parts = typeof content === 'string' ? [{ type: 'text', text: content }] : content
  return parts
    .filter(({ type }) => type === 'text' || type === 'tool_result')
    .map((part) => ({
      role: part.type === 'tool_result' ? 'tool' : role === 'assistant' ? 'model' : 'user',
      text: textOf(part.text ?? part.content),
    }))
}

function message({ model }: Asked) {
  return { id: newId('msg'), type: 'message', role: 'assistant', model }
}

function blocks({ say, call }: Answer) {
  return [
    ...(say === undefined ? [] : [{ type: 'text', text: say }]),
    ...(call ? [{ type: 'tool_use', id: newId('toolu'), name: call.tool, input: call.input }] : []),
  ]
}

function blockEvents(block: ReturnType<typeof blocks>[number], index: number) {
  const [empty, deltas] =
    block.text === undefined
      ? [{ ...block, input: {} }, [{ type: 'input_json_delta', partial_json: JSON.stringify(block.input) }]]
      : [{ ...block, text: '' }, pieces(block.text).map((text) => ({ type: 'text_delta', text }))]
  return [
    { type: 'content_block_start', index, content_block: empty },
    ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
    { type: 'content_block_stop', index },
  ]
}

function ending({ call }: Answer) {
  return { stop_reason: call ? 'tool_use' : 'end_turn', stop_sequence: null }
}

function usage() {
  return {
    input_tokens: USAGE.input,
    output_tokens: USAGE.output,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
  }
}

function errorType(status: number): string {
  const types: Record<number, string> = {
    401: 'authentication_error',
    429: 'rate_limit_error',
    529: 'overloaded_error',
  }
  return types[status] ?? (status < 500 ? 'invalid_request_error' : 'api_error')
}
