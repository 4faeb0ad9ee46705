import { type Answer, type Asked, newId, type Protocol, pieces, textOf, USAGE } from './protocol.ts'

interface Body {
  model: string
  stream?: boolean
  tools?: { type: string; function?: { name: string }; custom?: { name: string } }[]
  messages: { role: string; content?: unknown }[]
}

/** OpenAI's Chat Completions API, which many other providers speak as well. */
export const openaiChat: Protocol = {
  path: /\/chat\/completions$/,
  read(body) {
    const { model, stream = false, tools = [], messages } = body as Body
    return {
      ...{ model, stream, body },
      tools: tools.map((tool) => tool.function?.name ?? tool.custom?.name ?? tool.type),
      said: messages.flatMap(saidIn),
    }
  },
  whole(reply, asked) {
    const { say = null, call } = reply
    const message = { role: 'assistant', content: say, ...(call ? { tool_calls: toolCalls(call) } : {}) }
    return {
      ...{ ...head(asked), object: 'chat.completion', usage: usage() },
      choices: [{ index: 0, message, finish_reason: ending(reply) }],
    }
  },
  events(reply, asked) {
    const { say = '', call } = reply
    const first = head(asked)
    const chunk = (delta: unknown, finish: string | null = null) => ({
      data: {
        ...{ ...first, object: 'chat.completion.chunk' },
        choices: [{ index: 0, delta, finish_reason: finish }],
      },
    })
    return [
      chunk({ role: 'assistant', content: '' }),
      ...pieces(say).map((content) => chunk({ content })),
      ...(call ? [chunk({ tool_calls: toolCalls(call) })] : []),
      chunk({}, ending(reply)),
      { data: { ...first, object: 'chat.completion.chunk', choices: [], usage: usage() } },
      { data: '[DONE]' },
    ]
  },
  failure: (status, message) => ({ error: { message, type: 'error', param: null, code: String(status) } }),
}

function saidIn({ role, content }: Body['messages'][number]): Asked['said'] {
  const roles = { user: 'user', assistant: 'model', tool: 'tool' } as const
  const known = roles[role as keyof typeof roles]
  if (!known || !content) return []
  return (Array.isArray(content) ? content : [content]).map((part) => ({ role: known, text: textOf(part) }))
}

function head({ model }: Asked) {
  return { id: newId('chatcmpl'), created: Math.floor(Date.now() / 1000), model }
}

function toolCalls({ tool, input }: NonNullable<Answer['call']>) {
  const call = { name: tool, arguments: JSON.stringify(input) }
  return [{ index: 0, id: newId('call'), type: 'function', function: call }]
}

function ending({ call }: Answer): string {
  return call ? 'tool_calls' : 'stop'
}

function usage() {
  const { input, output } = USAGE
  return { prompt_tokens: input, completion_tokens: output, total_tokens: input + output }
}
