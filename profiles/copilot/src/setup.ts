import { mergeJson, type SetupContext, type SetupFile } from '@agentvm/sdk'

/** So that the trust dialog doesn't show. */
export async function setup(context: SetupContext): Promise<SetupFile[]> {
  return [
    {
      path: '.copilot/config.json',
      content: mergeJson(await context.read('.copilot/config.json'), { trustedFolders: [context.workspace] }),
    },
  ]
}
