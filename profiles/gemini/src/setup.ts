import { addEventHooks, mergeJson, type SetupContext, type SetupFile } from '@agentvm/sdk'
import { EVENT_HOOKS, EVENTS_FILE } from './own-events.ts'

/** So that neither the trust dialog nor the choice of a login shows: a key in the environment alone doesn't skip that one. */
export async function setup(context: SetupContext): Promise<SetupFile[]> {
  const settings = await context.read('.gemini/settings.json')
  const type = await authType(context)
  return [
    {
      path: '.gemini/trustedFolders.json',
      content: mergeJson(await context.read('.gemini/trustedFolders.json'), {
        [context.workspace]: 'TRUST_FOLDER',
      }),
    },
    {
      path: '.gemini/settings.json',
      content: mergeJson(settings, {
        hooks: addEventHooks(settings, EVENTS_FILE, EVENT_HOOKS),
        general: { disableAutoUpdate: true, enableAutoUpdate: false },
        ...(type ? { security: { auth: { selectedType: type } } } : {}),
      }),
    },
  ]
}

async function authType({ env, read }: SetupContext): Promise<string | undefined> {
  if (env('GEMINI_API_KEY')) return 'gemini-api-key'
  if (env('GOOGLE_GENAI_USE_VERTEXAI') || env('GOOGLE_API_KEY')) return 'vertex-ai'
  return (await read('.gemini/oauth_creds.json')) === undefined ? undefined : 'oauth-personal'
}
