import { type JsonValue, jsonAt, jsonNumber, jsonText, type RunEvent } from '@agentvm/sdk'

/** Kinds of items that are no use of a tool. */
const NO_TOOL = ['agent_message', 'reasoning', 'error', 'todo_list']

/** Reads a line of `codex exec --json`. */
export function readEvent(line: JsonValue): RunEvent[] {
  switch (jsonText(line, 'type')) {
    case 'thread.started':
      return [{ type: 'start', session: jsonText(line, 'thread_id') }]
    case 'item.started':
    case 'item.completed':
      return item(jsonAt(line, 'item'), jsonText(line, 'type') === 'item.completed')
    case 'turn.completed':
      return [
        {
          type: 'usage',
          inputTokens: jsonNumber(line, 'usage', 'input_tokens'),
          outputTokens: jsonNumber(line, 'usage', 'output_tokens'),
        },
      ]
    case 'turn.failed':
      return [{ type: 'error', message: jsonText(line, 'error', 'message') ?? 'the turn failed' }]
    case 'error': {
      const message = jsonText(line, 'message') ?? 'an error'
      // The last one is told again by turn.failed.
      return message.startsWith('Reconnecting') ? [{ type: 'error', message, retrying: true }] : []
    }
    default:
      return []
  }
}

function item(value: JsonValue | undefined, isDone: boolean): RunEvent[] {
  const type = jsonText(value, 'type') ?? ''
  if (type === 'agent_message') {
    const text = jsonText(value, 'text')
    return isDone && text !== undefined ? [{ type: 'message', text }] : []
  }
  // A warning, such as that of a model that it doesn't know.
  if (type === 'error') return [{ type: 'error', message: jsonText(value, 'message') ?? '', retrying: true }]
  if (NO_TOOL.includes(type)) return []
  const failed = jsonText(value, 'status') === 'failed' || (jsonNumber(value, 'exit_code') ?? 0) !== 0
  return [
    {
      ...{ type: 'tool', id: jsonText(value, 'id'), name: jsonText(value, 'tool') ?? type },
      status: isDone ? (failed ? 'failed' : 'succeeded') : 'started',
      input: input(value),
    },
  ]
}

function input(value: JsonValue | undefined): JsonValue | undefined {
  const command = jsonText(value, 'command')
  return command === undefined ? (jsonAt(value, 'arguments') ?? jsonAt(value, 'changes')) : { command }
}
