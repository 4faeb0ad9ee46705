import type { AllowedHost } from '@agentvm/sdk'
import { findRule, formatRule } from '../../network/rules.ts'
import type { Context } from '../context.ts'
import { settle } from '../end/settle.ts'
import { isRunning, liveness } from '../state/liveness.ts'
import type { AgentRecord } from '../state/record.ts'
import { countRequests, type RefusedTarget, readRequests, refusedTargets } from './requests.ts'
import { reviveProxy } from './serve-agents.ts'

/** A rule as `net --json` prints it. */
export interface RuleRow {
  /** As `--allow` takes it. */
  rule: string
  host: string
  port: number
  private: boolean
  /** What opened it. */
  from: string | null
}

/** An agent's network as `net --json` prints it. */
export interface NetworkReport {
  name: string
  id: string
  status: 'running' | 'dead'
  network: AgentRecord['network']
  allow: RuleRow[]
  /** Targets that stay closed when the agent is started again. */
  revoked: string[]
  /** Requests on record. */
  requests: { allowed: number; refused: number; failed: number }
  /** What was refused and would be still. */
  refused: RefusedTarget[]
}

/** What an agent may reach, and what it was refused. Brings the proxy back if it has died. */
export async function networkReport(context: Context, name: string): Promise<NetworkReport> {
  const found = context.store.get(name)
  const record = (await settle(context, found)) ?? found
  await reviveProxy(context, record)
  const entries = readRequests(context.home, record.id)
  return {
    name,
    id: record.id,
    status: isRunning(liveness(record, context.home)) ? 'running' : 'dead',
    network: record.network,
    allow: ruleRows(record.allow),
    revoked: record.revoked,
    requests: countRequests(entries),
    refused: refusedTargets(entries).filter(
      ({ host, port, reason }) => !isOpenNow(record, host, port, reason),
    ),
  }
}

function isOpenNow({ allow }: AgentRecord, host: string, port: number, reason: string): boolean {
  const rule = findRule(allow, host, port)
  return (
    rule !== undefined && (reason === 'no-rule' || (reason === 'private-address' && rule.private === true))
  )
}

function ruleRows(rules: readonly AllowedHost[]): RuleRow[] {
  return rules.map((rule) => ({
    rule: formatRule(rule),
    host: rule.host,
    port: rule.port,
    private: rule.private === true,
    from: rule.from ?? null,
  }))
}
