import { defineProfile } from '@agentvm/sdk'
import { activity } from './activity.ts'
import { readEvent } from './events.ts'
import { events } from './own-events.ts'
import { setup } from './setup.ts'

/** Google's Gemini CLI. The profile to read for who writes one: each field in use, a setup, rules for the screen. */
export default defineProfile({
  name: 'gemini',
  label: 'Gemini CLI',
  command: ['gemini'],
  // Only inside a real sandbox: without one it asks before it does something.
  autonomousArgs: ['--yolo'],
  tools: ['git', 'rg', 'node', 'npx'],
  // In one word with its option, so that a prompt that begins with a dash stays a prompt.
  prompt: { via: 'argument', args: ['--prompt-interactive={prompt}'] },
  headless: {
    ...{ args: [], autonomousArgs: ['--yolo'], stdin: 'prompt' },
    events: { args: ['--output-format', 'stream-json'], read: readEvent },
  },
  resume: { last: ['-r', 'latest'], id: ['-r', '{id}'] },
  env: {
    anyOf: ['GEMINI_API_KEY', 'GOOGLE_API_KEY', 'file:.gemini/oauth_creds.json'],
    allOf: [],
    optional: ['GOOGLE_CLOUD_PROJECT', 'GOOGLE_CLOUD_LOCATION', 'GOOGLE_GENAI_USE_VERTEXAI', 'GEMINI_MODEL'],
    // An untrusted folder turns --yolo off, and ends a one-shot run with code 55.
    set: { GEMINI_CLI_TRUST_WORKSPACE: 'true', COLORTERM: 'truecolor' },
  },
  hosts: {
    required: ['generativelanguage.googleapis.com'],
    login: ['cloudcode-pa.googleapis.com', 'oauth2.googleapis.com', 'accounts.google.com'],
    optional: ['play.googleapis.com'],
  },
  // Settings and logins, but no conversation: the agent begins one of its own.
  state: {
    copy: [
      ...['.gemini/settings.json', '.gemini/GEMINI.md', '.gemini/commands', '.gemini/extensions'],
      ...['.gemini/oauth_creds.json', '.gemini/google_accounts.json', '.gemini/gemini-credentials.json'],
    ],
    never: ['.gemini/tmp', '.gemini/history'],
  },
  configDirEnv: 'GEMINI_CLI_HOME',
  // It runs in ours.
  nestedSandbox: { args: [], env: { GEMINI_SANDBOX: 'false' } },
  activity,
  events,
  versions: { args: ['--version'], minimum: '0.30.0', checked: '0.61.0' },
  install: { npm: '@google/gemini-cli', hint: 'npm install -g @google/gemini-cli' },
  setup,
})
