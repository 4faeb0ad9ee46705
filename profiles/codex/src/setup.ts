import type { SetupContext, SetupFile } from '@agentvm/sdk'
import { parse, stringify, type TomlTable } from 'smol-toml'

/**
 * So that neither the choice of a login nor the trust dialog shows. Also keeps Codex from starting a daemon that
 * outlives it, and from copying 400 MB into its home.
 */
export async function setup(context: SetupContext): Promise<SetupFile[]> {
  const config = parseConfig(await context.read('.codex/config.toml'))
  const hasLogin = (await context.read('.codex/auth.json')) !== undefined
  return [
    {
      path: '.codex/config.toml',
      content: stringify({
        ...config,
        check_for_update_on_startup: false,
        features: { ...table(config.features), daemon_auto_start: false },
        tui: { ...table(config.tui), screen_reader_detection_done: true },
        projects: { ...table(config.projects), [context.workspace]: { trust_level: 'trusted' } },
        ...(hasLogin ? {} : providerByKey(context, config)),
      }),
    },
  ]
}

/** A key in the environment doesn't skip the login by itself; a provider that takes it from there does, and puts no secret on the disk. */
function providerByKey(context: SetupContext, config: TomlTable): TomlTable {
  const key = ['OPENAI_API_KEY', 'CODEX_API_KEY'].find((name) => context.env(name))
  if (key === undefined || config.model_provider !== undefined) return {}
  return {
    model_provider: 'openai-env',
    model_providers: {
      ...table(config.model_providers),
      'openai-env': {
        name: 'OpenAI',
        base_url: context.env('OPENAI_BASE_URL') ?? 'https://api.openai.com/v1',
        env_key: key,
        wire_api: 'responses',
      },
    },
  }
}

function parseConfig(text: string | undefined): TomlTable {
  try {
    return parse(text ?? '')
  } catch {
    return {}
  }
}

function table(value: unknown): TomlTable {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
    ? (value as TomlTable)
    : {}
}
