import { defineProfile } from '@agentvm/sdk'
import { activity } from './activity.ts'

/** Cline's CLI. */
export default defineProfile({
  name: 'cline',
  label: 'Cline',
  command: ['cline'],
  autonomousArgs: ['--auto-approve', 'true'],
  tools: ['git', 'rg', 'node', 'npx'],
  prompt: { via: 'typed' },
  resume: { id: ['--id', '{id}'] },
  env: {
    anyOf: ['ANTHROPIC_API_KEY', 'OPENAI_API_KEY', 'OPENROUTER_API_KEY', 'file:.cline/data/secrets.json'],
    allOf: [],
    optional: [],
    set: {},
  },
  hosts: {
    required: ['api.anthropic.com', 'api.openai.com', 'openrouter.ai'],
    login: ['api.cline.bot', 'app.cline.bot'],
    optional: [],
  },
  state: { copy: ['.cline/data/globalState.json', '.cline/data/secrets.json'], never: [] },
  activity,
  versions: { args: ['--version'], checked: '3.0.65' },
  install: { npm: 'cline', hint: 'npm install -g cline' },
})
