import type { ActivityRules } from '@agentvm/sdk'

/** Aider's screen, a line at a time: the last line is a question, the prompt, or what it is doing. From its source, not yet seen running. */
export const activity: ActivityRules = {
  rules: [
    {
      id: 'question',
      state: 'waiting',
      reason: 'question',
      in: 'bottom',
      lines: 2,
      match: String.raw`\(Y\)es/\(N\)o`,
    },
    { id: 'prompt', state: 'idle', in: 'bottom', lines: 1, match: String.raw`^(?:\w+ ?)?(?:multi)?> ?$` },
    {
      id: 'prompt-draft',
      state: 'idle',
      in: 'bottom',
      lines: 1,
      cursorVisible: true,
      match: String.raw`^(?:\w+ ?)?(?:multi)?> \S`,
    },
    { id: 'anything-else', state: 'working', in: 'bottom', lines: 1, match: String.raw`\S` },
  ],
}
