import { addEventHooks, type JsonValue, mergeJson, type SetupContext, type SetupFile } from '@agentvm/sdk'
import { EVENT_HOOKS, EVENTS_FILE } from './own-events.ts'

/** As much of a key as Claude Code keeps of one that was approved. */
const KEY_TAIL = 20

/** So that neither the welcome, nor the question of trust, nor that of the key, nor the warning of bypassing shows. */
export async function setup(context: SetupContext): Promise<SetupFile[]> {
  const state = await context.read('.claude.json')
  const settings = await context.read('.claude/settings.json')
  return [
    {
      path: '.claude.json',
      content: mergeJson(state, {
        hasCompletedOnboarding: true,
        projects: { [context.workspace]: { hasTrustDialogAccepted: true } },
        ...approvedKey(context.env('ANTHROPIC_API_KEY')),
      }),
    },
    {
      path: '.claude/settings.json',
      content: mergeJson(settings, {
        skipDangerousModePermissionPrompt: true,
        hooks: addEventHooks(settings, EVENTS_FILE, EVENT_HOOKS),
      }),
    },
  ]
}

function approvedKey(key: string | undefined): Record<string, JsonValue> {
  if (!key) return {}
  return { customApiKeyResponses: { approved: [key.slice(-KEY_TAIL)], rejected: [] } }
}
