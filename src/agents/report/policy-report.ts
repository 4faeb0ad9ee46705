import { posix } from 'node:path'
import { UserError } from '../../errors.ts'
import { type Access, explainConnect, explainPath, type Verdict } from '../../policy/explain.ts'
import type { Context } from '../context.ts'
import type { AgentRecord } from '../state/record.ts'
import { readStoredPolicy, type StoredPolicy } from './stored-policy.ts'

/** What is in force for one agent, and who decided it. */
export interface PolicyReport {
  name: string
  sandbox: string
  policy: StoredPolicy
}

/** The policy of an agent's last start. Throws a {@link UserError} if it was never started by this agentvm. */
export function policyReport(context: Context, name: string): PolicyReport {
  const record = context.store.get(name)
  return { name, sandbox: record.sandbox, policy: readStored(context, record) }
}

/** An answer of {@link explainAccess}, as `--json` prints it. */
export interface Explanation extends Verdict {
  name: string
  access: Access
  target: string
}

/** Whether an agent may read or change a path, or connect to a host, and by which rule. */
export function explainAccess(context: Context, name: string, access: Access, target: string): Explanation {
  const { sandbox, policy } = policyReport(context, name)
  const asked = { name, access, target }
  if (sandbox === 'none') {
    return { ...asked, allowed: true, rule: 'sandbox', because: 'no sandbox: it may do whatever you may' }
  }
  if (access === 'connect') return { ...asked, ...explainConnect(policy, target) }
  const path = posix.resolve(policy.workspace.target, target)
  return { ...asked, ...explainPath(policy, access, path) }
}

function readStored({ home, store }: Context, record: AgentRecord): StoredPolicy {
  const stored = readStoredPolicy(home.runDir(record.id))
  if (!stored) {
    throw new UserError(
      `agent '${record.name}' has no policy: it is damaged, or this agentvm never started it`,
      {
        fix: `agentvm restart ${record.name}`,
      },
    )
  }
  const { network } = stored
  // What `agentvm net` opened or closed since the start stands in the record.
  const { allow } = store.read(record.name) ?? record
  return network.mode === 'allowlist' ? { ...stored, network: { ...network, allow } } : stored
}
