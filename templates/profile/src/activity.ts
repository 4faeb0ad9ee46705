import type { ActivityRules } from '@agentvm/sdk'

/** How to tell from the terminal what it is doing; the first rule that holds decides. To try them: agentvm activity explain NAME */
export const activity: ActivityRules = {
  rules: [
    { id: 'question', state: 'waiting', reason: 'question', in: 'bottom', lines: 2, match: '\\[y/n\\]' },
    { id: 'prompt', state: 'idle', in: 'bottom', lines: 1, match: '^> ?$' },
    { id: 'anything-else', state: 'working', in: 'bottom', lines: 1, match: '\\S' },
  ],
}
