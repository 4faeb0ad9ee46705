import assert from 'node:assert/strict'
import claudeCode from '@agentvm/profile-claude-code'
import codex from '@agentvm/profile-codex'
import copilot from '@agentvm/profile-copilot'
import gemini from '@agentvm/profile-gemini'
import opencode from '@agentvm/profile-opencode'
import pi from '@agentvm/profile-pi'
import qwen from '@agentvm/profile-qwen'
import type { JsonValue, Profile, RunEvent } from '@agentvm/sdk'
import { EventLines } from '../../src/agents/run/event-lines.ts'
import { type ReportedEvent, RunReport } from '../../src/agents/run/run-report.ts'

/** One turn, as each CLI told of it on 2026-11-25: a message, a tool, the answer. Only what is of no interest is left out. */
const TURNS: [
  Profile,
  session: string,
  usage: [number | null, number | null, number | null] | null,
  ...JsonValue[],
][] = [
  [
    claudeCode,
    'b1575c4d',
    [2500, 68, 0.01096],
    { type: 'system', subtype: 'init', session_id: 'b1575c4d', model: 'claude-opus-5-5' },
    {
      type: 'assistant',
      message: { content: [{ type: 'text', text: 'I will write it.' }] },
      parent_tool_use_id: null,
    },
    {
      type: 'assistant',
      message: { content: [{ type: 'tool_use', id: 't1', name: 'Write', input: { file_path: 'out.txt' } }] },
    },
    {
      type: 'assistant',
      message: { content: [{ type: 'text', text: 'a sub-agent' }] },
      parent_tool_use_id: 't1',
    },
    { type: 'user', message: { content: [{ tool_use_id: 't1', type: 'tool_result', content: 'created' }] } },
    { type: 'assistant', message: { content: [{ type: 'text', text: 'It is 42.' }] } },
    {
      ...{
        type: 'result',
        subtype: 'success',
        is_error: false,
        total_cost_usd: 0.01096,
        result: 'It is 42.',
      },
      usage: { input_tokens: 2400, cache_read_input_tokens: 100, output_tokens: 68 },
    },
  ],
  [
    codex,
    '01a2103d',
    [2400, 68, null],
    { type: 'thread.started', thread_id: '01a2103d' },
    { type: 'turn.started' },
    { type: 'error', message: 'Reconnecting... 1/5 (unexpected status 500)' },
    { type: 'item.completed', item: { id: 'item_0', type: 'agent_message', text: 'I will write it.' } },
    { type: 'item.started', item: { id: 't1', type: 'command_execution', command: 'echo', exit_code: null } },
    { type: 'item.completed', item: { id: 't1', type: 'command_execution', command: 'echo', exit_code: 0 } },
    { type: 'item.completed', item: { id: 'item_2', type: 'agent_message', text: 'It is 42.' } },
    { type: 'turn.completed', usage: { input_tokens: 2400, cached_input_tokens: 0, output_tokens: 68 } },
  ],
  [
    gemini,
    '029e91f1',
    [3600, 102, null],
    { type: 'init', session_id: '029e91f1', model: 'auto' },
    { type: 'message', role: 'user', content: 'say something' },
    { type: 'message', role: 'assistant', content: 'I will write it.', delta: true },
    { type: 'tool_use', tool_name: 'write_file', tool_id: 't1', parameters: { file_path: 'out.txt' } },
    { type: 'tool_result', tool_id: 't1', status: 'success' },
    { type: 'message', role: 'assistant', content: 'It is', delta: true },
    { type: 'message', role: 'assistant', content: ' 42.', delta: true },
    {
      type: 'result',
      status: 'success',
      stats: { total_tokens: 3702, input_tokens: 3600, output_tokens: 102 },
    },
  ],
  [
    opencode,
    'ses_1',
    [2410, 68, 0.00822],
    { type: 'step_start', sessionID: 'ses_1', part: { type: 'step-start' } },
    { type: 'text', sessionID: 'ses_1', part: { type: 'text', text: 'I will write it.' } },
    {
      ...{ type: 'tool_use', sessionID: 'ses_1' },
      part: { tool: 'write', callID: 't1', state: { status: 'completed', input: { filePath: 'out.txt' } } },
    },
    {
      type: 'step_finish',
      part: { tokens: { input: 1200, output: 34, cache: { write: 0, read: 0 } }, cost: 0.00411 },
    },
    { type: 'text', sessionID: 'ses_1', part: { type: 'text', text: 'It is 42.' } },
    {
      type: 'step_finish',
      part: { tokens: { input: 1200, output: 34, cache: { write: 0, read: 10 } }, cost: 0.00411 },
    },
  ],
  [
    qwen,
    '677090b9',
    [2400, 68, null],
    { type: 'system', subtype: 'init', session_id: '677090b9', model: 'gpt-4o' },
    { type: 'stream_event', event: { type: 'goal_state' } },
    { type: 'assistant', message: { content: [{ type: 'text', text: 'I will write it.' }] } },
    {
      type: 'assistant',
      message: { content: [{ type: 'tool_use', id: 't1', name: 'write_file', input: {} }] },
    },
    { type: 'user', message: { content: [{ type: 'tool_result', tool_use_id: 't1', is_error: false }] } },
    { type: 'assistant', message: { content: [{ type: 'text', text: 'It is 42.' }] } },
    {
      ...{ type: 'result', is_error: false },
      usage: { input_tokens: 2400, output_tokens: 68, cache_read_input_tokens: 500, total_tokens: 2468 },
    },
  ],
  [
    copilot,
    '3471dde6',
    null,
    { type: 'model.call_failure', data: { errorMessage: 'connection closed' } },
    { type: 'assistant.message', data: { content: 'I will write it.' } },
    {
      type: 'tool.execution_start',
      data: { toolCallId: 't1', toolName: 'bash', arguments: { command: 'echo' } },
    },
    { type: 'tool.execution_complete', data: { toolCallId: 't1', success: true } },
    { type: 'assistant.message', data: { content: 'It is 42.' } },
    { type: 'result', sessionId: '3471dde6', exitCode: 0, usage: { premiumRequests: 0 } },
  ],
  [
    pi,
    '01a21044',
    [2400, 68, 0.002],
    { type: 'session', id: '01a21044' },
    { type: 'message_end', message: { role: 'assistant', content: [], errorMessage: 'Connection error.' } },
    { type: 'auto_retry_start', errorMessage: 'Connection error.' },
    {
      type: 'message_end',
      message: {
        ...{ role: 'assistant', content: [{ type: 'text', text: 'I will write it.' }, { type: 'toolCall' }] },
        usage: { input: 1200, output: 34, cacheRead: 0, cost: { total: 0.001 } },
      },
    },
    { type: 'tool_execution_start', toolCallId: 't1', toolName: 'write', args: { path: 'out.txt' } },
    { type: 'tool_execution_end', toolCallId: 't1', toolName: 'write', isError: false },
    { type: 'message_end', message: { role: 'toolResult', content: [{ type: 'text', text: 'wrote' }] } },
    {
      type: 'message_end',
      message: {
        ...{ role: 'assistant', content: [{ type: 'text', text: 'It is 42.' }] },
        usage: { input: 1100, output: 34, cacheRead: 100, cost: { total: 0.001 } },
      },
    },
  ],
]

/** How each CLI tells that its provider refused it. */
const FAILURES: [Profile, JsonValue][] = [
  [claudeCode, { type: 'result', is_error: true, result: 'API Error: refused', usage: {} }],
  [codex, { type: 'turn.failed', error: { message: 'status 401: refused' } }],
  [gemini, { type: 'result', status: 'error', error: { message: '[API Error: refused]' } }],
  [opencode, { type: 'error', error: { name: 'APIError', data: { message: 'refused' } } }],
  [qwen, { type: 'result', is_error: true, error: { message: '[API Error: refused]' } }],
  [copilot, { type: 'session.error', data: { message: 'refused' } }],
  [pi, { type: 'message_end', message: { role: 'assistant', content: [], errorMessage: 'refused' } }],
]

describe('the structured output of a run', () => {
  for (const [profile, session, usage, ...lines] of TURNS) {
    it(`of ${profile.name} becomes messages, a tool, an answer and what they cost`, () => {
      const events = report(profile, lines.map((line) => JSON.stringify(line)).join('\n'))
      assert.equal(events[0]?.type, 'start')
      const texts = events.flatMap((event) => (event.type === 'message' ? event.text : []))
      assert.equal(texts.join('|').replace('is| ', 'is '), 'I will write it.|It is 42.')
      const tools = events.flatMap((event) => (event.type === 'tool' ? [[event.name, event.status]] : []))
      const name = tools[0]?.[0]
      assert.ok(name)
      assert.deepEqual(tools, [
        [name, 'started'],
        [name, 'succeeded'],
      ])
      const [input_tokens, output_tokens, cost_usd] = usage ?? []
      const result = resultOf(events)
      assert.deepEqual(result.usage, usage && { input_tokens, output_tokens, cost_usd })
      assert.deepEqual([result.text, result.session, result.error], ['It is 42.', session, null])
      assert.equal(result.exit_code, 0)
    })
  }

  for (const [profile, line] of FAILURES) {
    it(`of ${profile.name} says that the run failed, also where it ends with 0`, () => {
      const result = resultOf(report(profile, JSON.stringify(line)))
      assert.match(result.error ?? '', /refused/)
      assert.equal(result.exit_code, 1)
    })
  }

  it('is passed on as it is where it is no event', () => {
    const events = report(codex, 'plain\n[1, 2\n"text"\n{"type":"unknown"}\nlast')
    const texts = events.flatMap((event) => (event.type === 'output' ? event.text : []))
    assert.deepEqual(texts, ['plain', '[1, 2', '"text"', 'last'])
  })

  it('is read the same however its bytes are cut', () => {
    const text = '{"type":"item.completed","item":{"type":"agent_message","text":"ä€😀"}}\n'
    const lines = new EventLines(codex.headless?.events?.read)
    const read = [...Buffer.from(text.repeat(2))].flatMap((byte) => lines.push(Uint8Array.of(byte)))
    const message: RunEvent = { type: 'message', text: 'ä€😀' }
    assert.deepEqual([...read, ...lines.end()], [[message], [message]])
  })

  it('can be anything: other types, deep nesting, endless lines, a reader that throws', () => {
    const hostile = [
      '{"type":{"toString":null}}',
      '{"type":"assistant","message":{"content":{"length":1e9}}}',
      '{"type":"result","usage":{"input_tokens":"many","output_tokens":-1},"total_cost_usd":1e999}',
      `${'['.repeat(100_000)}`,
      '{"type":"__proto__","__proto__":{"type":"result"}}',
    ].join('\n')
    for (const [profile] of TURNS) assert.equal(resultOf(report(profile, hostile)).usage, null)
    const lines = new EventLines(() => {
      throw new Error('broken')
    })
    assert.deepEqual(lines.push(Buffer.from('{}\n')), ['{}'])
    const endless = Buffer.alloc(1024 * 1024, 'x')
    for (let megabyte = 0; megabyte < 9; megabyte++) assert.deepEqual(lines.push(endless), [])
    assert.deepEqual(lines.push(Buffer.from('\nnext\n')), ['next'])
  })
})

function report(profile: Profile, output: string): ReportedEvent[] {
  const lines = new EventLines(profile.headless?.events?.read)
  const summary = new RunReport({ agent: 'tester', profile: profile.name })
  const read = [...lines.push(Buffer.from(output)), ...lines.end()]
  return [...read.flatMap((line) => summary.line(line)), ...summary.end(0, null)]
}

function resultOf(events: readonly ReportedEvent[]): Extract<ReportedEvent, { type: 'result' }> {
  const last = events.at(-1)
  assert.equal(last?.type, 'result')
  return last
}
