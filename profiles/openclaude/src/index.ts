import { defineProfile, readStreamJson } from '@agentvm/sdk'
import { activity } from './activity.ts'
import { setup } from './setup.ts'

/** OpenClaude, Claude Code's interface for other providers. From its source; not run. */
export default defineProfile({
  name: 'openclaude',
  label: 'OpenClaude',
  command: ['openclaude'],
  autonomousArgs: ['--dangerously-skip-permissions'],
  tools: ['git', 'rg', 'node', 'npx'],
  prompt: { via: 'argument', args: ['--', '{prompt}'] },
  headless: {
    ...{ args: ['-p'], autonomousArgs: ['--dangerously-skip-permissions'], stdin: 'prompt' },
    events: { args: ['--output-format', 'stream-json', '--verbose'], read: readStreamJson },
  },
  resume: { last: ['--continue'], id: ['--resume', '{id}'], emptyLastFails: true },
  env: {
    anyOf: ['ANTHROPIC_API_KEY', 'OPENAI_API_KEY', 'GEMINI_API_KEY', 'file:.openclaude-profile.json'],
    allOf: [],
    optional: ['OPENAI_BASE_URL', 'OPENAI_MODEL', 'CLAUDE_CODE_USE_*'],
    set: { IS_SANDBOX: '1' },
  },
  hosts: {
    required: ['api.anthropic.com', 'api.openai.com', 'generativelanguage.googleapis.com'],
    login: [],
    optional: [],
  },
  state: {
    copy: ['.openclaude-profile.json', '.openclaude/settings.json'],
    never: ['.openclaude/projects', '.openclaude/history.jsonl'],
  },
  configDirEnv: 'OPENCLAUDE_CONFIG_DIR',
  activity,
  versions: { args: ['--version'] },
  install: { hint: 'install OpenClaude, so that openclaude is on your PATH' },
  setup,
})
