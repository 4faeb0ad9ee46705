import { type JsonValue, jsonAt, mergeJson, type SetupContext, type SetupFile } from '@agentvm/sdk'

const PROVIDERS = '.cline/data/settings/providers.json'
const NOTICES = '.cline/data/settings/cli-notices.json'

/** Advertisements, which any key closes: the first one that was meant for the prompt. */
const NOTICES_SHOWN = { 'cline-cli-cline-pass-intro': true, 'cline-cli-desktop-launch': true }

/** So that neither the choice of a login nor an advertisement shows. */
export async function setup(context: SetupContext): Promise<SetupFile[]> {
  const notices = mergeJson(await context.read(NOTICES), { shown: NOTICES_SHOWN })
  const before = await context.read(PROVIDERS)
  const settings = providerByKey(context)
  const files = [{ path: NOTICES, content: notices }]
  if (before !== undefined && hasProvider(before)) return [...files, { path: PROVIDERS, content: before }]
  if (!settings) return files
  const { provider } = settings
  const entry = { settings, updatedAt: new Date().toISOString(), tokenSource: 'manual' }
  const providers = { version: 1, lastUsedProvider: provider, modes: {}, providers: { [provider]: entry } }
  return [...files, { path: PROVIDERS, content: mergeJson(before, providers) }]
}

/** Cline takes no key from the environment: it is written into the agent's own home, which only the agent and the user read. */
function providerByKey({ env }: SetupContext): (Record<string, string> & { provider: string }) | undefined {
  const [anthropic, openrouter, openai] = ['ANTHROPIC_API_KEY', 'OPENROUTER_API_KEY', 'OPENAI_API_KEY'].map(
    env,
  )
  const [baseUrl, model] = [env('OPENAI_BASE_URL'), env('OPENAI_MODEL')]
  if (anthropic) return { provider: 'anthropic', apiKey: anthropic }
  if (openrouter) return { provider: 'openrouter', apiKey: openrouter }
  if (!openai) return undefined
  const chosen: Record<string, string> = model ? { model } : {}
  return baseUrl
    ? { provider: 'openai-compatible', apiKey: openai, baseUrl, ...chosen }
    : { provider: 'openai-native', apiKey: openai, ...chosen }
}

function hasProvider(text: string): boolean {
  try {
    return jsonAt(JSON.parse(text) as JsonValue, 'lastUsedProvider') !== undefined
  } catch {
    return false
  }
}
