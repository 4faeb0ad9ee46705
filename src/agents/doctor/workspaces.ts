import type { Context } from '../context.ts'
import { largeWorkspaces, measureWorkspaces, mebibytes } from '../usage/workspace-sizes.ts'
import type { CheckResult } from './check.ts'

/** Milliseconds for measuring all of them. */
const MEASURING_TAKES_MS = 2_000

/** Measures the workspaces, and warns of each that is larger than the setting allows. */
export function checkWorkspaces(context: Context): CheckResult[] {
  const records = context.store.all(() => {})
  measureWorkspaces(context, records, MEASURING_TAKES_MS)
  return largeWorkspaces(context, records).map(({ name, bytes }) => ({
    name: `workspace ${name}`,
    status: 'warning',
    message: `${mebibytes(bytes)}, more than AGENTVM_WORKSPACE_SIZE`,
    fix: `remove what it doesn't need, or: agentvm config set AGENTVM_WORKSPACE_SIZE 0`,
  }))
}
