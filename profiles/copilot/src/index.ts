import { defineProfile } from '@agentvm/sdk'
import { activity } from './activity.ts'
import { readEvent } from './events.ts'
import { setup } from './setup.ts'

/** GitHub Copilot CLI. */
export default defineProfile({
  name: 'copilot',
  label: 'GitHub Copilot CLI',
  command: ['copilot'],
  autonomousArgs: ['--allow-all'],
  tools: ['git', 'rg', 'node', 'npx', 'gh'],
  prompt: { via: 'argument', args: ['--interactive={prompt}'] },
  headless: {
    ...{ args: ['--prompt={prompt}'], autonomousArgs: ['--allow-all-tools'], stdin: 'closed' },
    events: { args: ['--output-format', 'json'], read: readEvent },
  },
  resume: { last: ['--continue'], id: ['--resume={id}'] },
  env: {
    anyOf: ['GH_TOKEN', 'GITHUB_TOKEN', 'COPILOT_GITHUB_TOKEN', 'COPILOT_PROVIDER_BASE_URL'],
    allOf: [],
    optional: ['COPILOT_MODEL', 'COPILOT_PROVIDER_API_KEY', 'COPILOT_PROVIDER_TYPE'],
    set: { COPILOT_AUTO_UPDATE: 'false' },
  },
  hosts: {
    required: ['api.githubcopilot.com', '*.githubcopilot.com', 'api.github.com'],
    login: ['github.com'],
    optional: ['raw.githubusercontent.com'],
  },
  state: { copy: ['.copilot/config.json', '.copilot/mcp-config.json'], never: ['.copilot/logs'] },
  // The first one only asks.
  interruptKeys: ['Escape', 'Escape'],
  configDirEnv: 'COPILOT_HOME',
  activity,
  versions: { args: ['--version'], checked: '1.0.102' },
  install: { npm: '@github/copilot', hint: 'npm install -g @github/copilot' },
  setup,
})
