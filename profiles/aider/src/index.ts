import { defineProfile } from '@agentvm/sdk'
import { activity } from './activity.ts'

/** Aider. It works with the provider whose key is there. */
export default defineProfile({
  name: 'aider',
  label: 'Aider',
  command: [
    ...(['aider', '--no-auto-commits', '--no-check-update', '--no-show-release-notes'] as const),
    ...['--analytics-disable', '--no-gitignore', '--no-show-model-warnings'],
  ],
  // It edits by itself then, and still doesn't run the shell commands that it suggests.
  autonomousArgs: ['--yes-always'],
  tools: ['git'],
  prompt: { via: 'typed' },
  headless: {
    args: ['--message-file', '{promptFile}'],
    autonomousArgs: ['--yes-always'],
    stdin: 'prompt',
  },
  resume: { last: ['--restore-chat-history'] },
  env: {
    anyOf: [
      ...['ANTHROPIC_API_KEY', 'OPENAI_API_KEY', 'GEMINI_API_KEY', 'DEEPSEEK_API_KEY', 'OPENROUTER_API_KEY'],
      'file:.aider/oauth-keys.env',
    ],
    allOf: [],
    optional: ['OPENAI_API_BASE', 'AIDER_MODEL'],
    set: {},
  },
  hosts: {
    required: [
      ...['api.anthropic.com', 'api.openai.com', 'generativelanguage.googleapis.com'],
      ...['api.deepseek.com', 'openrouter.ai'],
    ],
    login: [],
    optional: [],
  },
  state: {
    copy: ['.aider.conf.yml', '.aider.model.settings.yml', '.aider/oauth-keys.env'],
    never: [],
  },
  // Pressed at the prompt it only warns; there is no other key.
  interruptKeys: ['C-c'],
  activity,
  versions: { args: ['--version'], checked: '0.86.2' },
  install: { hint: 'pipx install aider-chat' },
})
