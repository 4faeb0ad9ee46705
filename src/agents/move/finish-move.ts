import type { Context } from '../context.ts'
import type { AgentRecord } from '../state/record.ts'
import { finishRename } from './finish-rename.ts'
import { finishRestore } from './finish-restore.ts'

/** Whether a rename, or a way back from the trash, has begun and isn't through: its agentvm died, or is at it. */
export function isMoving({ extra }: AgentRecord): boolean {
  return (extra.AGENT_RENAME_TO ?? extra.AGENT_RENAMED_FROM ?? extra.AGENT_RESTORING) !== undefined
}

/**
 * Goes on with a move whose agentvm has died, or takes it back. Returns the agent's record under this name, or
 * undefined if it has got another one. The caller holds the lock of the record's name. Throws a {@link UserError} if
 * another agentvm is at it.
 */
export async function finishMove(context: Context, record: AgentRecord): Promise<AgentRecord | undefined> {
  const { store } = context
  if (record.extra.AGENT_RESTORING !== undefined) return finishRestore(context, record)
  const { AGENT_RENAMED_FROM: from, AGENT_RENAME_TO: to } = record.extra
  const other = from ?? to ?? ''
  return store.exclusively(
    other,
    async () => {
      if (from !== undefined) return finishRename(context, record)
      const taken = store.read(other)
      if (taken?.id === record.id && taken.extra.AGENT_RENAMED_FROM === record.name) {
        await finishRename(context, taken)
        return undefined
      }
      // It had only been announced.
      const { AGENT_RENAME_TO: _, ...extra } = record.extra
      const back = { ...record, extra }
      store.save(back)
      return back
    },
    0,
  )
}
