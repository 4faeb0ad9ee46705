import { type JsonValue, jsonAt, jsonNumber, jsonText, type RunEvent } from '@agentvm/sdk'

/** Reads a line of `gemini --output-format stream-json`. */
export function readEvent(line: JsonValue): RunEvent[] {
  const id = jsonText(line, 'tool_id')
  switch (jsonText(line, 'type')) {
    case 'init':
      return [{ type: 'start', session: jsonText(line, 'session_id'), model: jsonText(line, 'model') }]
    case 'message': {
      const text = jsonText(line, 'content')
      if (jsonText(line, 'role') !== 'assistant' || text === undefined) return []
      return [{ type: 'message', text, partial: jsonAt(line, 'delta') === true }]
    }
    case 'tool_use':
      return [
        {
          ...{ type: 'tool', id, name: jsonText(line, 'tool_name') },
          ...{ status: 'started', input: jsonAt(line, 'parameters') },
        },
      ]
    case 'tool_result':
      return [{ type: 'tool', id, status: jsonText(line, 'status') === 'success' ? 'succeeded' : 'failed' }]
    case 'error':
      // What ends a run is an error of its result.
      return [{ type: 'error', message: jsonText(line, 'message') ?? 'an error', retrying: true }]
    case 'result':
      return result(line)
    default:
      return []
  }
}

function result(line: JsonValue): RunEvent[] {
  const stats = jsonAt(line, 'stats')
  const usage: RunEvent = {
    type: 'usage',
    inputTokens: jsonNumber(stats, 'input_tokens'),
    outputTokens: jsonNumber(stats, 'output_tokens'),
  }
  if (jsonText(line, 'status') !== 'error') return [usage]
  return [usage, { type: 'error', message: jsonText(line, 'error', 'message') ?? 'the run failed' }]
}
