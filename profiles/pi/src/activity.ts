import type { ActivityRules } from '@agentvm/sdk'

/** pi's screen: a spinner right above the input box, and errors in the conversation. An error of the server's is retried. */
export const activity: ActivityRules = {
  input: { above: '^─{20,}', below: '^─{20,}', footerLines: 12 },
  rules: [
    {
      id: 'login',
      state: 'blocker',
      reason: 'login',
      in: 'status',
      lines: 6,
      match: String.raw`Warning: No models available\. Use /login`,
    },
    {
      id: 'retrying',
      state: 'working',
      reason: 'retrying',
      in: 'status',
      lines: 1,
      match: '^ [\u2801-\u28ff] Retrying',
    },
    { id: 'spinner', state: 'working', in: 'status', lines: 1, match: String.raw`^ [\u2801-\u28ff] \S` },
    {
      id: 'login-needed',
      state: 'waiting',
      reason: 'auth',
      in: 'status',
      lines: 3,
      match: '^ Error: .*(?:40[13]|authentication|x-api-key|API key)',
    },
    {
      id: 'limit',
      state: 'waiting',
      reason: 'limit',
      in: 'status',
      lines: 3,
      match: '^ Error: (?:400|402|429|Retry failed).*(?:credit|quota|limit|429)',
    },
    {
      id: 'error',
      state: 'waiting',
      reason: 'error',
      in: 'status',
      lines: 3,
      match: '^ Error: (?:Retry failed after|4)',
      unless: 'Retry cancelled',
    },
    { id: 'input-box', state: 'idle', in: 'bottom', hasInput: true, match: '^─{20,}' },
    { id: 'panel', state: 'idle', in: 'dialog', lines: 8, match: String.raw`[Ee]sc|\(\d+/\d+\)` },
  ],
}
