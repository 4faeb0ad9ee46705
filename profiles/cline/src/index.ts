import { defineProfile } from '@agentvm/sdk'
import { activity } from './activity.ts'
import { setup } from './setup.ts'

/** Cline's CLI. */
export default defineProfile({
  name: 'cline',
  label: 'Cline',
  // It approves everything by itself unless it is told not to; the last word counts.
  command: ['cline', '--auto-approve', 'false'],
  autonomousArgs: ['--auto-approve', 'true'],
  tools: ['git', 'rg', 'node', 'npx'],
  prompt: { via: 'typed' },
  resume: { id: ['--id', '{id}'] },
  env: {
    anyOf: [
      'ANTHROPIC_API_KEY',
      'OPENAI_API_KEY',
      'OPENROUTER_API_KEY',
      'file:.cline/data/settings/providers.json',
    ],
    allOf: [],
    optional: ['OPENAI_BASE_URL', 'OPENAI_MODEL'],
    set: {},
    written: ['ANTHROPIC_API_KEY', 'OPENAI_API_KEY', 'OPENROUTER_API_KEY', 'OPENAI_BASE_URL', 'OPENAI_MODEL'],
  },
  hosts: {
    required: ['api.anthropic.com', 'api.openai.com', 'openrouter.ai'],
    login: ['api.cline.bot', 'app.cline.bot'],
    optional: [],
  },
  state: { copy: ['.cline/data/settings/providers.json'], never: [] },
  activity,
  versions: { args: ['--version'], checked: '3.0.65' },
  install: { npm: 'cline', hint: 'npm install -g cline' },
  setup,
})
