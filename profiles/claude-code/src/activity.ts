import type { ActivityRules } from '@agentvm/sdk'

/** A turn that has come to its end says so; an error above that line has been got over. */
const FINISHED = String.raw`^✻ .* for \d`

/**
 * Claude Code's screen. The title is the surest sign: `✳` at rest, a spinner at work, nothing before the first turn.
 * `❯` is always there, and "Esc to cancel" isn't in every dialog.
 */
export const activity: ActivityRules = {
  input: { above: '^─{20,}', first: String.raw`^❯(?! \d\.)`, below: '^─{20,}', hasCursor: true },
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
      id: 'api-key',
      state: 'blocker',
      reason: 'auth',
      in: 'dialog',
      match: 'Do you want to use this API key',
    },
    {
      id: 'bypass',
      state: 'blocker',
      reason: 'bypass-warning',
      in: 'dialog',
      match: 'WARNING: .*Bypass Permissions mode',
    },
    {
      id: 'onboarding',
      state: 'blocker',
      reason: 'setup',
      in: 'dialog',
      match: 'Choose the text style|Select login method',
    },
    {
      id: 'unreachable',
      state: 'blocker',
      reason: 'error',
      in: 'dialog',
      match: 'Unable to connect to Anthropic services',
    },
    {
      id: 'sessions',
      state: 'blocker',
      reason: 'session-picker',
      in: 'dialog',
      match: 'Resume session[\\s\\S]*Enter to resume',
    },
    {
      id: 'plan',
      state: 'waiting',
      reason: 'plan-approval',
      in: 'dialog',
      match: String.raw`Exit plan mode\?|written up a plan|Claude wants to exit plan mode`,
    },
    {
      id: 'question',
      state: 'waiting',
      reason: 'question',
      in: 'dialog',
      lines: 3,
      match: '^ ?Enter to select · .*Esc to cancel',
    },
    {
      id: 'permission',
      state: 'waiting',
      reason: 'permission',
      in: 'dialog',
      match: String.raw`Do you want to .*\?\n[\s\S]*^ ?❯? ?\d\. `,
    },
    { id: 'usage-limit', state: 'waiting', reason: 'limit', in: 'footer', match: 'Usage limit reached' },
    {
      id: 'retrying',
      state: 'working',
      reason: 'retrying',
      in: 'status',
      lines: 1,
      match: String.raw`^\S .*[Rr]etrying.*attempt \d+/\d+`,
    },
    {
      id: 'background',
      state: 'working',
      reason: 'background-agent',
      in: 'status',
      lines: 1,
      match: String.raw`^✻ Waiting for \d+ background agents? to finish`,
    },
    { id: 'title-spinner', state: 'working', in: 'title', match: '^[◐◑◒◓\u2801-\u28ff] ' },
    { id: 'esc-to-interrupt', state: 'working', in: 'footer', match: 'esc to interrupt' },
    {
      id: 'login-needed',
      state: 'waiting',
      reason: 'auth',
      in: 'reply',
      lines: 6,
      match: 'Not logged in|Please run /login|Invalid API key|API Error: 40[13]',
      unless: FINISHED,
    },
    {
      id: 'limit',
      state: 'waiting',
      reason: 'limit',
      in: 'reply',
      lines: 6,
      match: String.raw`^ *(?:⎿|●) .*(?:Credit balance|limit|\(429\))`,
      unless: FINISHED,
    },
    {
      id: 'error',
      state: 'waiting',
      reason: 'error',
      in: 'reply',
      lines: 6,
      match: '^ *(?:⎿|●) +API Error',
      unless: FINISHED,
    },
    { id: 'input-box', state: 'idle', in: 'input', match: '^❯' },
    {
      id: 'editor',
      state: 'idle',
      in: 'bottom',
      lines: 2,
      match: String.raw`/claude-prompt-[0-9a-f-]+\.md`,
      cursorVisible: true,
    },
    {
      id: 'panel',
      state: 'idle',
      in: 'dialog',
      lines: 6,
      match: '[Ee]sc to (?:cancel|close|exit|go back|return)|Showing detailed transcript',
    },
  ],
}
