import { UserError } from '../errors.ts'
import { SETTING_KEYS } from '../settings/config-file-keys.ts'
import { getSetting, type SettingRow, setSetting } from '../settings/config-file-values.ts'
import { splitAssignment } from '../settings/env-file-syntax.ts'
import { nearest } from '../system/nearest.ts'
import type { Context } from './context.ts'

/**
 * Sets `KEY=VALUE`, or `KEY` and the value beside it, in the config file, and warns of a profile or sandbox that isn't installed: it may yet come. Throws a
 * {@link UserError} on an unknown key, or a value that is missing or can't be.
 */
export async function setChecked(
  context: Context,
  first: string,
  second: string | undefined,
): Promise<SettingRow> {
  const { type } = getSetting(context.home.configFile, {}, first.split('=')[0] ?? '')
  const { key, value } = splitAssignment(first, second)
  if (value === undefined) {
    throw new UserError(`no value for ${key}`, { fix: `agentvm config set ${key} ${type}`, exitCode: 2 })
  }
  await setSetting(context.home.configFile, key, value)
  if (key === SETTING_KEYS.defaultProfile.key) warnIfAbsent(context, 'profile', value)
  if (key === SETTING_KEYS.sandbox.key) warnIfAbsent(context, 'sandbox', value)
  return getSetting(context.home.configFile, context.caller, key)
}

function warnIfAbsent(context: Context, kind: 'profile' | 'sandbox', id: string): void {
  const ids = context.extensions.list(kind).map((offer) => offer.id)
  if (ids.includes(id)) return
  const suggestion = nearest(id, ids)
  const hint = suggestion ? `did you mean '${suggestion}'?` : `there are: ${ids.join(', ')}`
  context.warn(`no ${kind} '${id}' is installed; ${hint}`)
}
