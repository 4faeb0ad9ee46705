import { defineProfile } from '@agentvm/sdk'
import { activity } from './activity.ts'
import { readEvent } from './events.ts'
import { events } from './own-events.ts'

/** OpenCode. It works with the provider whose key is there. */
export default defineProfile({
  name: 'opencode',
  label: 'OpenCode',
  command: ['opencode'],
  autonomousArgs: ['--auto'],
  tools: ['git', 'rg', 'node', 'npx'],
  prompt: { via: 'argument', args: ['--prompt={prompt}'] },
  // As an argument, a prompt with a space in it would reach the model in quotes.
  headless: {
    ...{ args: ['run'], autonomousArgs: ['--auto'], stdin: 'prompt' },
    events: { args: ['--format', 'json'], read: readEvent },
  },
  resume: { last: ['-c'], id: ['-s', '{id}'] },
  env: {
    anyOf: [
      ...['ANTHROPIC_API_KEY', 'OPENAI_API_KEY', 'OPENROUTER_API_KEY', 'GEMINI_API_KEY', 'OPENCODE_API_KEY'],
      'file:.local/share/opencode/auth.json',
    ],
    allOf: [],
    optional: ['OPENCODE_CONFIG_CONTENT', 'OPENCODE_PERMISSION'],
    set: { OPENCODE_DISABLE_AUTOUPDATE: '1' },
  },
  hosts: {
    required: ['api.anthropic.com', 'api.openai.com', 'openrouter.ai', 'generativelanguage.googleapis.com'],
    login: [],
    optional: ['models.opencode.ai', 'api.github.com', 'opencode.ai'],
  },
  state: {
    copy: ['.config/opencode', '.local/share/opencode/auth.json'],
    never: [
      ...['.local/share/opencode/opencode.db*', '.local/share/opencode/log'],
      ...['.cache/opencode', '.local/state/opencode'],
    ],
  },
  // The first one only asks.
  interruptKeys: ['Escape', 'Escape'],
  configDirEnv: 'OPENCODE_CONFIG_DIR',
  activity,
  events,
  versions: { args: ['--version'], minimum: '1.18.3', checked: '1.18.33' },
  install: {
    npm: 'opencode-ai',
    native: 'opencode-{platform}/bin/opencode',
    hint: 'npm install -g opencode-ai',
  },
})
