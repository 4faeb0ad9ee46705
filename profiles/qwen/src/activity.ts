import type { ActivityRules } from '@agentvm/sdk'

/** Qwen Code's screen. It hides its cursor while nobody is attached. "How is Qwen doing this session?" is no question to wait for, nor is its own next suggestion work. */
export const activity: ActivityRules = {
  input: { above: '^─{20,}', first: '^[>*!] ', below: '^─{20,}', footerLines: 12 },
  prompt: String.raw`^  > \S`,
  rules: [
    {
      id: 'auth',
      state: 'blocker',
      reason: 'auth',
      in: 'dialog',
      match: 'Terms of Services and Privacy Notice|How would you like to authenticate',
    },
    { id: 'trust', state: 'blocker', reason: 'trust', in: 'dialog', match: 'Do you trust ' },
    {
      id: 'plan',
      state: 'waiting',
      reason: 'plan-approval',
      in: 'dialog',
      cursorVisible: false,
      match: String.raw`keep planning[\s\S]*Waiting for user confirmation`,
    },
    {
      id: 'question',
      state: 'waiting',
      reason: 'question',
      in: 'dialog',
      cursorVisible: false,
      match: String.raw`Enter: Select[\s\S]*Waiting for user confirmation`,
    },
    {
      id: 'permission',
      state: 'waiting',
      reason: 'permission',
      in: 'dialog',
      cursorVisible: false,
      match: 'Waiting for user confirmation',
    },
    { id: 'title-waiting', state: 'waiting', reason: 'permission', in: 'title', match: '^✳ ' },
    { id: 'title-working', state: 'working', in: 'title', match: '^[◐◑◒◓] ' },
    {
      id: 'login-needed',
      state: 'waiting',
      reason: 'auth',
      in: 'reply',
      match: String.raw`✕ \[API Error: 40[13][\s\S]*Ctrl\+Y to retry`,
    },
    {
      id: 'limit',
      state: 'waiting',
      reason: 'limit',
      in: 'reply',
      match: String.raw`✕ \[API Error.*(?:429|quota|limit|balance|credit)[\s\S]*Ctrl\+Y to retry`,
    },
    {
      id: 'error',
      state: 'waiting',
      reason: 'error',
      in: 'reply',
      match: String.raw`✕ \[API Error[\s\S]*Ctrl\+Y to retry`,
    },
    {
      id: 'background',
      state: 'idle',
      reason: 'background-task',
      in: 'footer',
      match: String.raw`· \d+ (?:shell|agent|task)s?\b`,
    },
    { id: 'input-box', state: 'idle', in: 'input', match: '^[>*!] ' },
    { id: 'panel', state: 'idle', in: 'dialog', lines: 8, match: '[Ee]sc to (?:close|cancel|go back)|Esc: ' },
  ],
}
