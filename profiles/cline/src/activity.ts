import type { ActivityRules } from '@agentvm/sdk'

/** Cline's screen. A spinner stands at the head of the turn and goes on above a dialog, so dialogs come first. */
export const activity: ActivityRules = {
  // Before the first turn the box stands in the middle of the screen.
  input: { above: '^ *─{20,}', first: '^ *❯', below: '^ *─{20,}', footerLines: 6 },
  prompt: String.raw`^ ❯ \S`,
  rules: [
    {
      id: 'login',
      state: 'blocker',
      reason: 'login',
      in: 'dialog',
      match: 'Sign in with |Bring your own provider',
    },
    {
      id: 'permission',
      state: 'waiting',
      reason: 'permission',
      in: 'dialog',
      match: String.raw`Cline needs permission|Approve tool call\?`,
    },
    {
      id: 'question',
      state: 'waiting',
      reason: 'question',
      in: 'dialog',
      match: 'Cline has a question|Cline needs',
    },
    { id: 'spinner', state: 'working', in: 'reply', match: String.raw`^ [\u2801-\u28ff] \S` },
    {
      id: 'login-needed',
      state: 'waiting',
      reason: 'auth',
      in: 'reply',
      lines: 4,
      match: String.raw`^ \* Error: .*(?:40[13]|api-key|API key|[Uu]nauthorized)`,
    },
    {
      id: 'limit',
      state: 'waiting',
      reason: 'limit',
      in: 'reply',
      lines: 4,
      match: String.raw`^ \* Error: .*(?:credit|quota|limit|429)`,
    },
    {
      id: 'error',
      state: 'waiting',
      reason: 'error',
      in: 'reply',
      lines: 4,
      match: String.raw`^ \* Error: `,
    },
    { id: 'input-box', state: 'idle', in: 'input', match: '^ *❯' },
  ],
}
