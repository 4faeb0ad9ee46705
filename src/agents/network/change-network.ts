import { join } from 'node:path'
import type { AllowedHost, Profile } from '@agentvm/sdk'
import { UserError } from '../../errors.ts'
import { formatRule, sameTarget } from '../../network/rules.ts'
import { writeFileAtomic } from '../../system/files.ts'
import { nearest } from '../../system/nearest.ts'
import type { Context } from '../context.ts'
import { settleLocked } from '../end/settle.ts'
import { recordEvent } from '../events.ts'
import { readStoredPolicy } from '../report/stored-policy.ts'
import { RUN_FILES } from '../spawn/run-files.ts'
import { liveness } from '../state/liveness.ts'
import type { AgentRecord } from '../state/record.ts'
import { BY_NET, expandAllow, mergeRules, targetOf } from './allow-list.ts'
import { serveAgent } from './serve-agents.ts'

/** What to open and close. */
export interface NetworkChange {
  allow: readonly string[]
  revoke: readonly string[]
}

/** What a change did. */
export interface NetworkChanged {
  opened: AllowedHost[]
  closed: AllowedHost[]
  /** Connections that were open by what is closed now. */
  ended: number
}

/**
 * Opens and closes hosts for one agent: at once if it runs, and for every later start. Throws a {@link UserError} if it
 * has no allow-list, on a text that is no rule, and on a target to close that isn't open.
 */
export async function changeNetwork(
  context: Context,
  name: string,
  { allow, revoke }: NetworkChange,
): Promise<NetworkChanged> {
  context.store.get(name)
  return context.store.exclusively(name, async () => {
    const record = await settleLocked(context, name)
    if (!record) throw new UserError(`agent '${name}' is gone`)
    requireAllowList(record)
    const needsProfile = record.profile !== undefined && [...allow, ...revoke].includes('@profile')
    const profile = needsProfile ? await context.extensions.profile(record.profile ?? '') : undefined
    const opened = openedBy(context, profile, allow)
    const closed = revoke.flatMap((text) => closedBy(context, profile, record, text))
    const kept = record.allow.filter((rule) => !closed.some((other) => sameTarget(rule, other)))
    // The new ones first: by their mark they stay when the agent is started again.
    const rules = mergeRules([...opened, ...kept])
    const revoked = [...record.revoked, ...closed.map(targetOf)].filter(
      (target, index, all) =>
        all.indexOf(target) === index && !opened.some((rule) => targetOf(rule) === target),
    )
    const changed: AgentRecord = { ...record, allow: rules, revoked }
    context.store.save(changed)
    writePolicy(context, changed)
    const ended = liveness(changed, context.home) === 'running' ? await serveAgent(context, changed) : 0
    recordEvent(context.home, 'net', changed, {
      ...(opened.length > 0 ? { allow: opened.map(formatRule).join(' ') } : {}),
      ...(closed.length > 0 ? { revoke: closed.map(formatRule).join(' ') } : {}),
    })
    return { opened, closed, ended }
  })
}

function requireAllowList({ name, network }: AgentRecord): void {
  if (network === 'allowlist') return
  const what = network === 'host' ? "has the machine's own network: nothing is filtered" : 'has no network'
  throw new UserError(`agent '${name}' ${what}`, { fix: 'start it with --net allowlist' })
}

function openedBy(context: Context, profile: Profile | undefined, texts: readonly string[]): AllowedHost[] {
  return mergeRules(expandAllow(texts, BY_NET, { context, profile }))
}

/** The rules that a text closes: a preset's, or a host's, on every port if it names none. */
function closedBy(
  context: Context,
  profile: Profile | undefined,
  { name, allow }: AgentRecord,
  text: string,
): AllowedHost[] {
  const wanted = expandAllow([text], BY_NET, { context, profile })
  const anyPort = !text.startsWith('@') && !/:\d+/.test(text)
  const found = allow.filter((rule) =>
    wanted.some((other) => rule.host === other.host && (anyPort || rule.port === other.port)),
  )
  if (found.length > 0) return found
  const suggestion = nearest(text, allow.map(formatRule))
  throw new UserError(`agent '${name}' has no rule '${text}'`, {
    fix: suggestion ? `did you mean '${suggestion}'?` : `'agentvm net ${name}' shows its rules`,
  })
}

/** Keeps the policy in force, as the run folder has it, in line. */
function writePolicy({ home }: Context, { id, allow }: AgentRecord): void {
  const policy = readStoredPolicy(home.runDir(id))
  if (policy?.network.mode !== 'allowlist') return
  policy.network.allow = allow
  writeFileAtomic(join(home.runDir(id), RUN_FILES.policy), `${JSON.stringify(policy, null, 2)}\n`)
}
