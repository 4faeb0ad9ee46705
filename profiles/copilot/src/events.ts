import { type JsonValue, jsonAt, jsonText, type RunEvent } from '@agentvm/sdk'

/** Reads a line of `copilot --output-format json`. It tells no tokens, only requests. */
export function readEvent(line: JsonValue): RunEvent[] {
  const data = jsonAt(line, 'data')
  const id = jsonText(data, 'toolCallId')
  switch (jsonText(line, 'type')) {
    case 'assistant.message': {
      const text = jsonText(data, 'content')
      return text ? [{ type: 'message', text }] : []
    }
    case 'tool.execution_start': {
      const name = jsonText(data, 'toolName')
      return [{ type: 'tool', id, name, status: 'started', input: jsonAt(data, 'arguments') }]
    }
    case 'tool.execution_complete':
      return [{ type: 'tool', id, status: jsonAt(data, 'success') === true ? 'succeeded' : 'failed' }]
    case 'model.call_failure':
      return [
        { type: 'error', message: jsonText(data, 'errorMessage') ?? 'a request failed', retrying: true },
      ]
    case 'session.error':
      return [{ type: 'error', message: jsonText(data, 'message') ?? 'the run failed' }]
    case 'result':
      return [{ type: 'start', session: jsonText(line, 'sessionId') }]
    default:
      return []
  }
}
