import assert from 'node:assert/strict'
import type { Profile, SetupContext } from '@agentvm/sdk'
import { parse } from 'smol-toml'
import claudeCode from '../../profiles/claude-code/src/index.ts'
import cline from '../../profiles/cline/src/index.ts'
import codex from '../../profiles/codex/src/index.ts'
import copilot from '../../profiles/copilot/src/index.ts'
import gemini from '../../profiles/gemini/src/index.ts'
import openclaude from '../../profiles/openclaude/src/index.ts'
import qwen from '../../profiles/qwen/src/index.ts'

/** What a profile writes into a home that holds these files, for an agent with these variables. */
async function written(
  profile: Profile,
  files: Record<string, string> = {},
  env: Record<string, string> = {},
) {
  const context: SetupContext = {
    workspace: '/workspace',
    home: '/home/agent',
    envNames: Object.keys(env),
    env: (name) => env[name],
    read: async (path) => files[path],
  }
  const made = (await profile.setup?.(context)) ?? []
  return Object.fromEntries(made.map(({ path, content }) => [path, content]))
}

// biome-ignore lint/suspicious/noExplicitAny: the files are other programs'
const json = (text: string | undefined): any => JSON.parse(text ?? '')

describe('the setup of a profile', () => {
  it('lets Claude Code start at its prompt, and keeps what was seeded', async () => {
    const files = await written(
      claudeCode,
      {
        '.claude.json': '{"theme":"light","projects":{"/other":{"x":1}}}',
        '.claude/settings.json': '{"model":"opus"}',
      },
      { ANTHROPIC_API_KEY: 'sk-ant-0123456789-abcdefghijklmnopqrst' },
    )
    const state = json(files['.claude.json'])
    assert.equal(state.hasCompletedOnboarding, true)
    assert.equal(state.theme, 'light')
    assert.deepEqual(state.projects, { '/other': { x: 1 }, '/workspace': { hasTrustDialogAccepted: true } })
    assert.deepEqual(state.customApiKeyResponses.approved, ['abcdefghijklmnopqrst'])
    const { hooks, ...settings } = json(files['.claude/settings.json'])
    assert.deepEqual(settings, { model: 'opus', skipDangerousModePermissionPrompt: true })
    assert.deepEqual(Object.keys(hooks), ['UserPromptSubmit', 'PermissionRequest', 'Stop'])
  })

  it('gives Codex the key of the environment by name only, trusts the workspace, and starts no daemon', async () => {
    const files = await written(
      codex,
      { '.codex/config.toml': 'model = "x"\n[features]\na = true\n' },
      { OPENAI_API_KEY: 'sk-secret' },
    )
    const text = files['.codex/config.toml'] ?? ''
    assert.doesNotMatch(text, /sk-secret/)
    // biome-ignore lint/suspicious/noExplicitAny: the file is another program's
    const config = parse(text) as any
    assert.equal(config.model, 'x')
    assert.deepEqual({ ...config.features }, { a: true, daemon_auto_start: false })
    assert.equal(config.projects['/workspace'].trust_level, 'trusted')
    assert.equal(config.model_providers['openai-env'].env_key, 'OPENAI_API_KEY')
  })

  it("leaves Codex's own login, and a provider of the user's, as they are", async () => {
    const withLogin = await written(codex, { '.codex/auth.json': '{}' }, { OPENAI_API_KEY: 'k' })
    assert.doesNotMatch(withLogin['.codex/config.toml'] ?? '', /openai-env/)
    const own = { '.codex/config.toml': 'model_provider = "mine"\n' }
    const withProvider = await written(codex, own, { OPENAI_API_KEY: 'k' })
    assert.match(withProvider['.codex/config.toml'] ?? '', /model_provider = "mine"/)
  })

  it('begins anew where what was seeded is damaged', async () => {
    const files = await written(codex, { '.codex/config.toml': '= broken' })
    assert.match(files['.codex/config.toml'] ?? '', /trust_level = "trusted"/)
    assert.equal(
      json((await written(claudeCode, { '.claude.json': '{' }))['.claude.json']).hasCompletedOnboarding,
      true,
    )
  })

  it('chooses the login of Gemini CLI and Qwen Code by what the agent has', async () => {
    const gem = async (files: Record<string, string>, env: Record<string, string>) =>
      json((await written(gemini, files, env))['.gemini/settings.json']).security?.auth.selectedType
    assert.equal(await gem({}, { GEMINI_API_KEY: 'k' }), 'gemini-api-key')
    assert.equal(await gem({ '.gemini/oauth_creds.json': '{}' }, {}), 'oauth-personal')
    assert.equal(await gem({}, {}), undefined)
    const settings = json((await written(qwen, {}, { OPENAI_API_KEY: 'k' }))['.qwen/settings.json'])
    assert.equal(settings.security.auth.selectedType, 'openai')
  })

  it('gives Cline the key of the environment, unless it was seeded with a provider, and shows no advertisement', async () => {
    const PROVIDERS = '.cline/data/settings/providers.json'
    const fresh = await written(cline, {}, { OPENAI_API_KEY: 'sk-1', OPENAI_BASE_URL: 'http://x/v1' })
    const { lastUsedProvider, providers } = json(fresh[PROVIDERS])
    assert.equal(lastUsedProvider, 'openai-compatible')
    const settings = { provider: 'openai-compatible', apiKey: 'sk-1', baseUrl: 'http://x/v1' }
    assert.deepEqual(providers['openai-compatible'].settings, settings)
    const shown = json(fresh['.cline/data/settings/cli-notices.json']).shown
    assert.ok(Object.values(shown).every((value) => value === true))
    const seeded = await written(
      cline,
      { [PROVIDERS]: '{"lastUsedProvider":"cline"}' },
      { OPENAI_API_KEY: 'sk-1' },
    )
    assert.equal(seeded[PROVIDERS], '{"lastUsedProvider":"cline"}')
    assert.equal((await written(cline, {}, { ANTHROPIC_API_KEY: 'sk-2' }))[PROVIDERS]?.includes('sk-2'), true)
  })

  it('trusts the workspace', async () => {
    assert.deepEqual(json((await written(gemini))['.gemini/trustedFolders.json']), {
      '/workspace': 'TRUST_FOLDER',
    })
    assert.deepEqual(json((await written(copilot))['.copilot/config.json']).trustedFolders, ['/workspace'])
    const state = json((await written(openclaude))['.openclaude.json'])
    assert.equal(state.projects['/workspace'].hasTrustDialogAccepted, true)
  })
})
