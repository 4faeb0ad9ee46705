import { setTimeout as sleep } from 'node:timers/promises'
import { captureScreen, pressKeysLater } from '../../tmux/session.ts'
import { noteTyped } from '../activity/activity.ts'
import { activityRules } from '../activity/activity-rules.ts'
import type { Context } from '../context.ts'
import type { PreparedSpawn } from '../spawn/plan.ts'
import type { AgentRecord } from '../state/record.ts'
import { typeText } from './deliver.ts'
import { notTyped, typeWhenReady } from './type-when-ready.ts'

/** Seconds after the start at which a profile's keys are pressed, as in the bash tool. */
const KEYS_AFTER_S = 3
/** A screen that stays the same for so long, and isn't empty, takes a prompt. */
const QUIET_MS = 1_000
const LOOK_EVERY_MS = 200
/** A CLI that was started with a prompt draws its empty input box first, and begins after. */
const BEGINS_WITHIN_MS = 5_000
/** After so long the prompt is typed in any case. */
const PATIENCE_MS = 20_000

/**
 * Presses the keys of a profile, without waiting for it, and types the first prompt where it isn't part of the command
 * line. Throws if it is told to stop before.
 */
export async function typeFirst(
  context: Context,
  record: AgentRecord,
  { plan, profile, command, typedPrompt }: PreparedSpawn,
  signal?: AbortSignal,
): Promise<void> {
  const keys = command ? [] : (profile?.startupKeys ?? [])
  if (keys.length > 0) await pressKeysLater(record, keys, KEYS_AFTER_S)
  if (typedPrompt === undefined) {
    if (profile && !command && plan.prompt !== undefined) noteTyped(context, record, BEGINS_WITHIN_MS)
    return
  }
  if (keys.length > 0) await pause(KEYS_AFTER_S * 1000, signal)
  if (profile && !command) {
    if (await activityRules(context, profile.name)) return typeWhenReady(context, record, typedPrompt, signal)
    await untilQuiet(record, signal)
    if (signal?.aborted) throw notTyped(signal)
  }
  await typeText(record, typedPrompt, { enter: true })
}

/** For a profile that doesn't say what ready looks like: waits until the agent's program has drawn its screen and changes it no more. Throws if the agent ends. */
async function untilQuiet(record: AgentRecord, signal: AbortSignal | undefined): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS
  let last = ''
  let since = performance.now()
  while (performance.now() < deadline) {
    const screen = await captureScreen(record)
    if (screen !== last) since = performance.now()
    else if (screen.trim() !== '' && performance.now() - since >= QUIET_MS) return
    last = screen
    await pause(LOOK_EVERY_MS, signal)
  }
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(ms, undefined, signal && { signal })
  } catch (error) {
    throw notTyped(signal, error)
  }
}
