import { defineProfile } from '@agentvm/sdk'
import { activity } from './activity.ts'
import { readEvent } from './events.ts'

/** pi, a small coding agent. It never asks for permission. */
export default defineProfile({
  name: 'pi',
  label: 'pi',
  command: ['pi'],
  autonomousArgs: [],
  tools: ['git', 'rg', 'node', 'npx'],
  // It has no `--`: a prompt that starts with a dash would be an option, so it is typed.
  prompt: { via: 'typed' },
  headless: {
    ...{ args: ['-p'], autonomousArgs: [], stdin: 'prompt' },
    events: { args: ['--mode', 'json'], read: readEvent },
  },
  resume: { last: ['-c'] },
  env: {
    anyOf: [
      'ANTHROPIC_API_KEY',
      'OPENAI_API_KEY',
      'GEMINI_API_KEY',
      'OPENROUTER_API_KEY',
      'file:.pi/agent/auth.json',
    ],
    allOf: [],
    optional: [],
    // Else it looks for updates, and downloads programs, at each start.
    set: { PI_OFFLINE: '1' },
  },
  hosts: {
    required: ['api.anthropic.com', 'api.openai.com', 'generativelanguage.googleapis.com', 'openrouter.ai'],
    login: ['console.anthropic.com', 'claude.ai'],
    optional: [],
  },
  state: { copy: ['.pi/agent/settings.json', '.pi/agent/auth.json', '.pi/agent/AGENTS.md'], never: [] },
  configDirEnv: 'PI_CODING_AGENT_DIR',
  activity,
  versions: { args: ['--version'], checked: '0.73.1' },
  install: { npm: '@mariozechner/pi-coding-agent', hint: 'npm install -g @mariozechner/pi-coding-agent' },
})
