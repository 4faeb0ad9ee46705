import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import claudeCode from '@agentvm/profile-claude-code'
import codex from '@agentvm/profile-codex'
import gemini from '@agentvm/profile-gemini'
import opencode from '@agentvm/profile-opencode'
import type { Profile } from '@agentvm/sdk'
import type { CliChange } from '../../src/agents/clis/install-cli.ts'
import { RUN_JS } from './agentvm.ts'
import { print, ROOT } from './cli-installed.ts'
import type { ToolCall } from './model-api/protocol.ts'

/** A real agent CLI, and what the stand-in for its provider must know of it. */
export interface AgentCli {
  profile: Profile
  /** What leads it to the stand-in, below this address. */
  env(base: string): Record<string, string>
  /** A use of a tool that writes `hello` to a file `out.txt` of the workspace. */
  write: ToolCall
  /** A use of a tool that it asks the user about, unless it is let loose. */
  risky: ToolCall
  /** Arguments and variables with which it asks. */
  askArgs: string[]
  askEnv: Record<string, string>
}

const FILE = '/workspace/out.txt'
const content = 'hello\n'
const command = (more: string) => `text(await tools.exec_command({ cmd: 'echo hello >out.txt'${more} }))`

/** The CLIs that end-to-end tests can run, the most used first. */
export const AGENT_CLIS: readonly AgentCli[] = [
  {
    profile: claudeCode,
    env: (base) => ({ ANTHROPIC_API_KEY: 'sk-ant-api03-made-up-key-of-a-test', ANTHROPIC_BASE_URL: base }),
    write: { tool: 'Write', input: { file_path: FILE, content } },
    risky: { tool: 'Write', input: { file_path: FILE, content } },
    // Its default is to judge by itself.
    askArgs: ['--permission-mode', 'default'],
    askEnv: {},
  },
  {
    profile: codex,
    env: (base) => ({ OPENAI_API_KEY: 'sk-made-up', OPENAI_BASE_URL: `${base}/v1` }),
    write: { tool: 'exec', input: command('') },
    risky: {
      tool: 'exec',
      input: command(", sandbox_permissions: 'require_escalated', justification: 'a test'"),
    },
    askArgs: [],
    askEnv: {},
  },
  {
    profile: gemini,
    env: (base) => ({ GEMINI_API_KEY: 'made-up', GOOGLE_GEMINI_BASE_URL: base }),
    write: { tool: 'write_file', input: { file_path: FILE, content } },
    risky: { tool: 'write_file', input: { file_path: FILE, content } },
    askArgs: [],
    askEnv: {},
  },
  {
    profile: opencode,
    env: (base) => ({
      ANTHROPIC_API_KEY: 'sk-ant-made-up',
      OPENCODE_CONFIG_CONTENT: JSON.stringify({
        model: 'anthropic/claude-sonnet-4-6',
        provider: { anthropic: { options: { baseURL: `${base}/v1` } } },
      }),
    }),
    write: { tool: 'write', input: { filePath: FILE, content } },
    risky: { tool: 'write', input: { filePath: FILE, content } },
    askArgs: [],
    askEnv: { OPENCODE_PERMISSION: JSON.stringify({ edit: 'ask' }) },
  },
]

/** The CLIs of this run: `TEST_AGENT_CLIS` names them, or says `all`. */
export function chosenClis(wanted = process.env.TEST_AGENT_CLIS ?? 'claude-code,codex'): AgentCli[] {
  const names = wanted.split(',')
  return AGENT_CLIS.filter(({ profile }) => wanted === 'all' || names.includes(profile.name))
}

/**
 * Installs a CLI by `agentvm profiles install`, once for all runs, into the checkout's cache. Returns the folder of its
 * program, or what npm said if it can't be installed here.
 */
export function installedFolder({ profile }: AgentCli): { folder: string } | { problem: string } {
  const home = join(ROOT, '.cache', 'agent-clis')
  mkdirSync(home, { recursive: true })
  const env = { ...process.env, AGENTVM_HOME: home, npm_config_cache: join(ROOT, '.cache', 'npm') }
  const args = [RUN_JS, 'profiles', 'install', profile.name, '--json']
  const { code, stdout } = print(process.execPath, args, env as Record<string, string>)
  const answer = JSON.parse(stdout)
  return code === 0
    ? { folder: dirname((answer as CliChange).path) }
    : { problem: answer.error.message as string }
}
