import { jsonAt, jsonList, jsonNumber, jsonText, sumOf } from './json-fields.ts'
import type { JsonValue } from './merge-json.ts'
import type { RunEvent } from './run-events.ts'

/**
 * Reads a line of the format that Claude Code calls `stream-json`, and that others took over. What sub-agents say is
 * left out.
 */
export function readStreamJson(line: JsonValue): RunEvent[] {
  const type = jsonText(line, 'type')
  const subtype = jsonText(line, 'subtype')
  if (jsonText(line, 'parent_tool_use_id') !== undefined) return []
  if (type === 'system' && subtype === 'init') {
    return [{ type: 'start', session: jsonText(line, 'session_id'), model: jsonText(line, 'model') }]
  }
  if (type === 'system' && subtype === 'api_retry') {
    const status = jsonNumber(line, 'error_status')
    const message = jsonText(line, 'error') ?? 'the request failed'
    return [{ type: 'error', message: status ? `${message} (${status})` : message, retrying: true }]
  }
  if (type === 'assistant' || type === 'user') return jsonList(line, 'message', 'content').flatMap(blockEvent)
  return type === 'result' ? result(line) : []
}

function blockEvent(block: JsonValue): RunEvent[] {
  const text = jsonText(block, 'text')
  switch (jsonText(block, 'type')) {
    case 'text':
      return text === undefined ? [] : [{ type: 'message', text }]
    case 'tool_use': {
      const [id, name] = [jsonText(block, 'id'), jsonText(block, 'name')]
      return [{ type: 'tool', id, name, status: 'started', input: jsonAt(block, 'input') }]
    }
    case 'tool_result': {
      const status = jsonAt(block, 'is_error') === true ? 'failed' : 'succeeded'
      return [{ type: 'tool', id: jsonText(block, 'tool_use_id'), status }]
    }
    default:
      return []
  }
}

function result(line: JsonValue): RunEvent[] {
  const usage = jsonAt(line, 'usage')
  const output = jsonNumber(usage, 'output_tokens')
  const total = jsonNumber(usage, 'total_tokens')
  const cached = ['cache_creation_input_tokens', 'cache_read_input_tokens'].map((key) =>
    jsonNumber(usage, key),
  )
  const events: RunEvent[] = [
    {
      type: 'usage',
      // Where there is a total, the cached ones are among the others.
      inputTokens:
        total !== undefined && output !== undefined
          ? total - output
          : sumOf(jsonNumber(usage, 'input_tokens'), ...cached),
      outputTokens: output,
      costUsd: jsonNumber(line, 'total_cost_usd'),
    },
  ]
  if (jsonAt(line, 'is_error') !== true) return events
  const said = jsonText(line, 'error', 'message') ?? jsonText(line, 'result') ?? jsonText(line, 'subtype')
  return [...events, { type: 'error', message: said ?? 'the run failed' }]
}
