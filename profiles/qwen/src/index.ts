import { defineProfile, readStreamJson } from '@agentvm/sdk'
import { activity } from './activity.ts'
import { setup } from './setup.ts'

/** Qwen Code, a descendant of Gemini CLI. */
export default defineProfile({
  name: 'qwen',
  label: 'Qwen Code',
  command: ['qwen'],
  autonomousArgs: ['--yolo'],
  tools: ['git', 'rg', 'node', 'npx'],
  prompt: { via: 'argument', args: ['--prompt-interactive={prompt}'] },
  headless: {
    ...{ args: ['--prompt={prompt}'], autonomousArgs: ['--yolo'], stdin: 'closed' },
    events: { args: ['--output-format', 'stream-json'], read: readStreamJson },
  },
  resume: { last: ['--continue'] },
  env: {
    anyOf: ['OPENAI_API_KEY', 'DASHSCOPE_API_KEY', 'file:.qwen/oauth_creds.json'],
    allOf: [],
    optional: ['OPENAI_BASE_URL', 'OPENAI_MODEL'],
    set: {},
  },
  hosts: {
    required: ['dashscope.aliyuncs.com', 'dashscope-intl.aliyuncs.com'],
    login: ['chat.qwen.ai'],
    optional: [],
  },
  state: {
    copy: ['.qwen/settings.json', '.qwen/QWEN.md', '.qwen/commands', '.qwen/oauth_creds.json'],
    never: ['.qwen/tmp'],
  },
  activity,
  versions: { args: ['--version'], minimum: '0.15.10', checked: '0.24.4' },
  install: { npm: '@qwen-code/qwen-code', hint: 'npm install -g @qwen-code/qwen-code' },
  setup,
})
