import type { Context } from '../context.ts'
import { profileRows } from '../profile-report/report.ts'
import type { CheckResult } from './check.ts'

/** Checks each profile: whether its program is installed, and whether a key for it is there. Only a broken plugin is a problem. */
export async function checkProfiles(context: Context): Promise<CheckResult[]> {
  const rows = await profileRows(context)
  return rows.map(({ name, status, path, version, problems }) => ({
    name: `profile ${name}`,
    status: status === 'ready' ? 'ok' : status === 'broken' ? 'problem' : 'warning',
    message:
      status === 'no key'
        ? `${path}: ${problems[0]?.what}`
        : (problems[0]?.what ?? `${path}${version ? ` ${version}` : ''}`),
    ...(problems[0] ? { fix: problems[0].fix } : {}),
  }))
}
