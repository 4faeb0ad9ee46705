import { defineProfile } from '@agentvm/sdk'
import { activity } from './activity.ts'
import { readEvent } from './events.ts'
import { events } from './own-events.ts'
import { setup } from './setup.ts'

const BYPASS = '--dangerously-bypass-approvals-and-sandbox'

/** OpenAI's Codex CLI. */
export default defineProfile({
  name: 'codex',
  label: 'OpenAI Codex',
  command: ['codex'],
  // Turns its own sandbox off as well.
  autonomousArgs: [BYPASS],
  tools: ['git', 'rg', 'node', 'npx'],
  prompt: { via: 'argument', args: ['--', '{prompt}'] },
  headless: {
    ...{ args: ['exec', '--skip-git-repo-check', '-'], autonomousArgs: [BYPASS], stdin: 'prompt' },
    events: { args: ['--json'], read: readEvent },
  },
  resume: { last: ['resume', '--last'], id: ['resume', '{id}'] },
  env: {
    anyOf: ['file:.codex/auth.json', 'OPENAI_API_KEY', 'CODEX_API_KEY'],
    allOf: [],
    optional: ['OPENAI_*'],
    set: {},
  },
  hosts: {
    required: ['api.openai.com'],
    login: ['chatgpt.com', 'auth.openai.com'],
    optional: ['github.com', 'api.github.com', 'raw.githubusercontent.com', 'ab.chatgpt.com'],
  },
  state: {
    copy: [
      ...['.codex/auth.json', '.codex/config.toml', '.codex/AGENTS.md'],
      ...['.codex/prompts', '.codex/rules', '.codex/skills'],
    ],
    never: [
      ...['.codex/packages', '.codex/*.sqlite*', '.codex/sessions'],
      ...['.codex/app-server-*', '.codex/tmp', '.codex/.tmp'],
    ],
  },
  configDirEnv: 'CODEX_HOME',
  activity,
  events,
  versions: { args: ['--version'], minimum: '0.135.0', checked: '0.169.0' },
  install: { npm: '@openai/codex', hint: 'npm install -g @openai/codex' },
  setup,
})
