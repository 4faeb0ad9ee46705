import { type JsonValue, jsonAt, jsonList, jsonNumber, jsonText, type RunEvent, sumOf } from '@agentvm/sdk'

/** Reads a line of `pi -p --mode json`. */
export function readEvent(line: JsonValue): RunEvent[] {
  const [id, name] = [jsonText(line, 'toolCallId'), jsonText(line, 'toolName')]
  switch (jsonText(line, 'type')) {
    case 'session':
      return [{ type: 'start', session: jsonText(line, 'id') }]
    case 'message_end':
      return jsonText(line, 'message', 'role') === 'assistant' ? said(jsonAt(line, 'message')) : []
    case 'tool_execution_start':
      return [{ type: 'tool', id, name, status: 'started', input: jsonAt(line, 'args') }]
    case 'tool_execution_end':
      return [{ type: 'tool', id, name, status: jsonAt(line, 'isError') === true ? 'failed' : 'succeeded' }]
    case 'auto_retry_start':
      return [
        { type: 'error', message: jsonText(line, 'errorMessage') ?? 'a request failed', retrying: true },
      ]
    default:
      return []
  }
}

function said(message: JsonValue | undefined): RunEvent[] {
  const text = jsonList(message, 'content')
    .map((block) => jsonText(block, 'text') ?? '')
    .join('')
  const usage = jsonAt(message, 'usage')
  const input = ['input', 'cacheRead', 'cacheWrite'].map((key) => jsonNumber(usage, key))
  const error = jsonText(message, 'errorMessage')
  return [
    ...(text ? [{ type: 'message' as const, text }] : []),
    {
      ...{ type: 'usage', inputTokens: sumOf(...input), outputTokens: jsonNumber(usage, 'output') },
      costUsd: jsonNumber(usage, 'cost', 'total'),
    },
    ...(error === undefined ? [] : [{ type: 'error' as const, message: error }]),
  ]
}
