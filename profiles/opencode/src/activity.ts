import type { ActivityRules } from '@agentvm/sdk'

/** The line below a turn while it has no duration yet: it runs, or it ended in an error. */
const WITHOUT_DURATION = String.raw`^ *▣ +[^·\n]+· [^·\n]+$`

/** OpenCode's screen. Its title is the topic only; the footer's spinner stands in a fixed place. */
export const activity: ActivityRules = {
  input: { line: String.raw`^\s*┃`, below: String.raw`^\s*╹▀{10,}`, footerLines: 6 },
  rules: [
    {
      id: 'permission',
      state: 'waiting',
      reason: 'permission',
      in: 'dialog',
      cursorVisible: false,
      match: '△ Permission required',
    },
    {
      id: 'question',
      state: 'waiting',
      reason: 'question',
      in: 'dialog',
      cursorVisible: false,
      match: String.raw`^\s*┃[\s\S]*(?:enter (?:submit|confirm|toggle)|esc dismiss)`,
    },
    {
      id: 'retrying',
      state: 'working',
      reason: 'retrying',
      in: 'footer',
      match: String.raw`^ *[■⬝]{4,} .*\[retrying`,
    },
    { id: 'spinner', state: 'working', in: 'footer', match: '^ *[■⬝]{4,} ' },
    { id: 'interrupt', state: 'working', in: 'footer', match: 'esc (?:again to )?interrupt' },
    {
      id: 'login-needed',
      state: 'waiting',
      reason: 'auth',
      in: 'status',
      lines: 6,
      match: String.raw`┃ .*(?:api-key|API key|401|[Uu]nauthorized)[\s\S]*${WITHOUT_DURATION}`,
    },
    {
      id: 'limit',
      state: 'waiting',
      reason: 'limit',
      in: 'status',
      lines: 6,
      match: String.raw`┃ .*(?:credit|quota|limit|billing)[\s\S]*${WITHOUT_DURATION}`,
    },
    { id: 'error', state: 'waiting', reason: 'error', in: 'status', lines: 1, match: WITHOUT_DURATION },
    { id: 'input-box', state: 'idle', in: 'input', match: '┃' },
    { id: 'panel', state: 'idle', in: 'dialog', match: String.raw`\besc\b` },
  ],
}
