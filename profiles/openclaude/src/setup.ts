import { mergeJson, type SetupContext, type SetupFile } from '@agentvm/sdk'

/** So that no wizard shows. It wants a theme as well as the note that the welcome is over. */
export async function setup(context: SetupContext): Promise<SetupFile[]> {
  return [
    {
      path: '.openclaude.json',
      content: mergeJson(await context.read('.openclaude.json'), {
        theme: 'dark',
        hasCompletedOnboarding: true,
        projects: { [context.workspace]: { hasTrustDialogAccepted: true } },
      }),
    },
    {
      path: '.openclaude/settings.json',
      content: mergeJson(await context.read('.openclaude/settings.json'), {
        skipDangerousModePermissionPrompt: true,
      }),
    },
  ]
}
