import { defineProfile, readStreamJson } from '@agentvm/sdk'
import { activity } from './activity.ts'
import { events } from './own-events.ts'
import { setup } from './setup.ts'

/** Anthropic's Claude Code. */
export default defineProfile({
  name: 'claude-code',
  label: 'Claude Code',
  command: ['claude'],
  autonomousArgs: ['--dangerously-skip-permissions'],
  tools: ['git', 'rg', 'node', 'npx'],
  prompt: { via: 'argument', args: ['--', '{prompt}'] },
  headless: {
    ...{ args: ['-p'], autonomousArgs: ['--dangerously-skip-permissions'], stdin: 'prompt' },
    events: { args: ['--output-format', 'stream-json', '--verbose'], read: readStreamJson },
  },
  resume: { last: ['--continue'], id: ['--resume', '{id}'], emptyLastFails: true },
  env: {
    anyOf: [
      ...['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN', 'CLAUDE_CODE_OAUTH_TOKEN'],
      ...['CLAUDE_CODE_USE_BEDROCK', 'CLAUDE_CODE_USE_VERTEX', 'file:.claude/.credentials.json'],
    ],
    allOf: [],
    // Not AWS_*: every agent would hold the user's AWS keys. Who signs in to Bedrock by those names them with -e.
    optional: ['ANTHROPIC_BASE_URL', 'ANTHROPIC_MODEL', 'AWS_BEARER_TOKEN_BEDROCK', 'AWS_REGION'],
    // Without IS_SANDBOX it refuses its autonomous flag to root, which the agent's user may be outside of Linux.
    set: { IS_SANDBOX: '1', DISABLE_AUTOUPDATER: '1', CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1' },
  },
  hosts: {
    required: ['api.anthropic.com'],
    login: ['platform.claude.com', 'claude.ai'],
    optional: ['downloads.claude.ai', 'raw.githubusercontent.com', 'github.com'],
  },
  state: {
    copy: [
      ...['.claude/settings.json', '.claude/.credentials.json', '.claude/CLAUDE.md'],
      ...['.claude/agents', '.claude/commands', '.claude/skills'],
    ],
    never: ['.claude/projects', '.claude/history.jsonl'],
  },
  // Stopped before the first word of an answer, it puts the prompt back into its box.
  clearKeys: ['C-c'],
  configDirEnv: 'CLAUDE_CONFIG_DIR',
  activity,
  events,
  versions: { args: ['--version'], minimum: '2.1.197', checked: '2.1.330' },
  install: {
    npm: '@anthropic-ai/claude-code',
    native: '@anthropic-ai/claude-code-{platform}/claude',
    hint: 'npm install -g @anthropic-ai/claude-code',
  },
  setup,
})
