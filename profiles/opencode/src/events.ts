import { type JsonValue, jsonAt, jsonNumber, jsonText, type RunEvent, sumOf } from '@agentvm/sdk'

/** Reads a line of `opencode run --format json`. */
export function readEvent(line: JsonValue): RunEvent[] {
  const part = jsonAt(line, 'part')
  const start: RunEvent = { type: 'start', session: jsonText(line, 'sessionID') }
  switch (jsonText(line, 'type')) {
    case 'step_start':
      return [start]
    case 'text':
      return [start, { type: 'message', text: jsonText(part, 'text') ?? '' }]
    case 'tool_use':
      return [start, ...tool(part)]
    case 'step_finish':
      return [
        {
          type: 'usage',
          inputTokens: sumOf(
            ...[['input'], ['cache', 'read'], ['cache', 'write']].map((path) =>
              jsonNumber(part, 'tokens', ...path),
            ),
          ),
          outputTokens: jsonNumber(part, 'tokens', 'output'),
          costUsd: jsonNumber(part, 'cost'),
        },
      ]
    case 'error':
      return [start, { type: 'error', message: message(jsonAt(line, 'error')) }]
    default:
      return []
  }
}

/** It tells of a tool when that is done. */
function tool(part: JsonValue | undefined): RunEvent[] {
  const [id, name] = [jsonText(part, 'callID'), jsonText(part, 'tool')]
  const status = jsonText(part, 'state', 'status') === 'error' ? 'failed' : 'succeeded'
  return [
    { type: 'tool', id, name, status: 'started', input: jsonAt(part, 'state', 'input') },
    { type: 'tool', id, name, status },
  ]
}

function message(error: JsonValue | undefined): string {
  return jsonText(error, 'data', 'message') ?? jsonText(error, 'name') ?? 'the run failed'
}
