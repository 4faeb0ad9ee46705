import type { ActivityRules } from '@agentvm/sdk'

/** OpenClaude's screen, which is laid out as that of the Claude Code it descends from. From its source, not yet seen running. */
export const activity: ActivityRules = {
  input: { above: '^─{20,}', first: String.raw`^❯(?! \d\.)`, below: '^─{20,}' },
  prompt: String.raw`^❯ \S`,
  rules: [
    {
      id: 'trust',
      state: 'blocker',
      reason: 'trust',
      in: 'dialog',
      match: 'Quick safety check|I trust this folder',
    },
    {
      id: 'dialog',
      state: 'blocker',
      reason: 'setup',
      in: 'dialog',
      lines: 2,
      match: 'Enter to confirm · Esc to cancel',
    },
    {
      id: 'question',
      state: 'waiting',
      reason: 'question',
      in: 'dialog',
      lines: 3,
      match: '^ ?Enter to select · ',
    },
    {
      id: 'permission',
      state: 'waiting',
      reason: 'permission',
      in: 'dialog',
      match: String.raw`Do you want to .*\?\n[\s\S]*^ ?❯? ?\d\. `,
    },
    { id: 'title-spinner', state: 'working', in: 'title', match: '^[◐◑◒◓\u2801-\u28ff] ' },
    { id: 'esc-to-interrupt', state: 'working', in: 'footer', match: 'esc to interrupt' },
    { id: 'input-box', state: 'idle', in: 'input', match: '^❯' },
  ],
}
