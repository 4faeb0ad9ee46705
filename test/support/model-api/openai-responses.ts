import {
  type Answer,
  type Asked,
  type JsonSchema,
  newId,
  type Protocol,
  pieces,
  type ToolCall,
  textOf,
  USAGE,
} from './protocol.ts'

interface Body {
  model: string
  stream?: boolean
  tools?: Tool[]
  input: string | Item[]
  text?: { format?: { schema?: JsonSchema } }
}

interface Tool {
  type: string
  name?: string
  /** Those of a namespace. */
  tools?: Tool[]
}

interface Item {
  type?: string
  role?: string
  content?: unknown
  output?: unknown
  /** Codex offers some tools in an item of the conversation. */
  tools?: Tool[]
}

/** OpenAI's Responses API. */
export const openaiResponses: Protocol = {
  path: /\/responses$/,
  read(body) {
    const { model, stream = false, tools = [], input, text } = body as Body
    const items = typeof input === 'string' ? [{ role: 'user', content: input }] : input
    return {
      ...{ model, stream, body, schema: text?.format?.schema },
      tools: [...tools, ...items.flatMap((item) => item.tools ?? [])].flatMap(toolNames),
      said: items.flatMap(saidIn),
    }
  },
  whole: (reply, asked) => response(asked, 'completed', items(reply)),
  events(reply, asked) {
    const output = items(reply)
    const events = [
      { type: 'response.created', response: response(asked, 'in_progress', []) },
      ...output.flatMap(itemEvents),
      { type: 'response.completed', response: response(asked, 'completed', output) },
    ]
    return events.map((data, number) => ({ event: data.type, data: { ...data, sequence_number: number } }))
  },
  failure: (status, message) => ({ error: { message, type: 'error', code: String(status) } }),
}

function toolNames({ type, name = type, tools }: Tool): string[] {
  return tools ? tools.flatMap(toolNames) : [name]
}

function saidIn({ type = 'message', role, content, output }: Item): Asked['said'] {
  if (type.endsWith('_output')) return [{ role: 'tool', text: textOf(output) }]
  if (type !== 'message' || (role !== 'user' && role !== 'assistant')) return []
  const parts = Array.isArray(content) ? content : [content]
  return parts.map((part) => ({ role: role === 'user' ? 'user' : 'model', text: textOf(part) }))
}

function response({ model }: Asked, status: string, output: OutputItem[]) {
  const total = { input_tokens: USAGE.input, output_tokens: USAGE.output }
  const usage = {
    ...total,
    total_tokens: USAGE.input + USAGE.output,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens_details: { reasoning_tokens: 0 },
  }
  return {
    ...{
      id: newId('resp'),
      object: 'response',
      created_at: Math.floor(Date.now() / 1000),
      status,
      model,
      output,
    },
    ...{ error: null, incomplete_details: null, usage: status === 'completed' ? usage : null },
  }
}

interface OutputItem {
  type: string
  id: string
  status: string
  [field: string]: unknown
}

function items({ say, call }: Answer): OutputItem[] {
  const text = { type: 'output_text', text: say, annotations: [] }
  const message = {
    type: 'message',
    id: newId('msg'),
    role: 'assistant',
    status: 'completed',
    content: [text],
  }
  return [...(say === undefined ? [] : [message]), ...(call ? [callItem(call)] : [])]
}

/** A tool that takes a text instead of fields is called by another kind of item. */
function callItem({ tool, input }: ToolCall): OutputItem {
  const call = { id: newId('fc'), call_id: newId('call'), status: 'completed', name: tool }
  return typeof input === 'string'
    ? { type: 'custom_tool_call', ...call, input }
    : { type: 'function_call', ...call, arguments: JSON.stringify(input) }
}

function itemEvents(item: OutputItem, index: number) {
  const at = { item_id: item.id, output_index: index }
  const deltas = item.type === 'message' ? textEvents(item, at) : []
  const empty =
    item.type === 'message' ? { content: [] } : 'input' in item ? { input: '' } : { arguments: '' }
  return [
    {
      type: 'response.output_item.added',
      output_index: index,
      item: { ...item, status: 'in_progress', ...empty },
    },
    ...deltas,
    { type: 'response.output_item.done', output_index: index, item },
  ]
}

function textEvents({ content }: OutputItem, where: { item_id: string; output_index: number }) {
  const [part] = content as { text: string }[]
  const at = { ...where, content_index: 0 }
  return [
    { type: 'response.content_part.added', ...at, part: { ...part, text: '' } },
    ...pieces(part?.text ?? '').map((delta) => ({ type: 'response.output_text.delta', ...at, delta })),
    { type: 'response.output_text.done', ...at, text: part?.text },
    { type: 'response.content_part.done', ...at, part },
  ]
}
