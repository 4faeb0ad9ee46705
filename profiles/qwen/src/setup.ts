import { mergeJson, type SetupContext, type SetupFile } from '@agentvm/sdk'

/** So that the choice of a login doesn't show. */
export async function setup(context: SetupContext): Promise<SetupFile[]> {
  const type = await authType(context)
  return [
    {
      path: '.qwen/settings.json',
      content: mergeJson(await context.read('.qwen/settings.json'), {
        general: { enableAutoUpdate: false },
        ...(type ? { security: { auth: { selectedType: type } } } : {}),
      }),
    },
  ]
}

async function authType({ env, read }: SetupContext): Promise<string | undefined> {
  if (env('OPENAI_API_KEY')) return 'openai'
  return (await read('.qwen/oauth_creds.json')) === undefined ? undefined : 'qwen-oauth'
}
