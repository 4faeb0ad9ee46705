import type { AgentInfo } from '../agents/report/view.ts'
import { formatAgeSince } from './age.ts'
import { activityText, tagsText } from './agent-table.ts'
import { formatBytes } from './bytes.ts'
import { coloursFor } from './colour.ts'
import { networkSentence } from './network-text.ts'
import { sanitizeLine } from './sanitize.ts'

/** What `info` prints for people: a label and a value a line. */
export function agentDetails(info: AgentInfo, stream: { isTTY?: boolean }): string {
  const { bold } = coloursFor(stream)
  const lines: [string, string | undefined][] = [
    ['name', info.name],
    ['id', info.id],
    ['status', statusLine(info)],
    ['activity', activityLine(info)],
    ['messages', messagesLine(info)],
    ['conversation', info.conversation ?? undefined],
    ['pid', info.pid === null ? undefined : String(info.pid)],
    ['uses', usageLine(info)],
    ['created', `${info.created_at} (${formatAgeSince(info.created_at)} ago)`],
    ['profile', info.profile ?? undefined],
    ['command', info.extra_cmd?.map((word) => JSON.stringify(word)).join(' ')],
    ['tags', tagsText(info.tags) || undefined],
    ['sandbox', sandboxLine(info)],
    ['network', networkLine(info)],
    ['reads', mountLine(info.policy, 'readOnly')],
    ['changes', mountLine(info.policy, 'readWrite')],
    ['limits', limitsLine(info.policy)],
    ['planted', plantedLine(info.planted)],
    ['environment', environmentLine(info.policy)],
    ['did', didLine(info)],
    ['workspace', `${info.workspace} (${formatBytes(info.workspace_bytes)})`],
    ['home', info.home],
    ['log', `${info.log_file} (${formatBytes(info.log_bytes)})`],
    ['prompt', info.prompt_file ?? undefined],
    ['session', info.session ?? undefined],
  ]
  return lines
    .filter((line): line is [string, string] => line[1] !== undefined)
    .map(([label, value]) => `${bold(label.padEnd(12))} ${sanitizeLine(value)}`)
    .join('\n')
}

function messagesLine({ messages }: AgentInfo): string | undefined {
  if (messages.length === 0) return undefined
  const each = messages.map(
    ({ id, queued_at, state }) =>
      `${id} (${formatAgeSince(queued_at)}${state === 'unsure' ? ', may have arrived' : ''})`,
  )
  return `${messages.length} waiting: ${each.join(', ')}`
}

function didLine({ did, identity }: AgentInfo): string | undefined {
  if (did === null) return undefined
  return identity?.registered ? did : `${did} (not registered: ${identity?.reason ?? 'no reason is known'})`
}

function activityLine(info: AgentInfo): string {
  if (info.status !== 'running') return info.activity
  const since = info.activity_since ? `, for ${formatAgeSince(info.activity_since)}` : ''
  return `${activityText(info)}${since} (${info.activity_source}: ${info.activity_evidence})`
}

function statusLine(info: AgentInfo): string {
  if (info.status === 'running') return 'running'
  const exited = `exited with code ${info.exit_code ?? 'unknown'}`
  const how = {
    exited,
    'out-of-memory': `out of memory, ${exited}`,
    'process-limit': `no more processes allowed, ${exited}`,
    killed: `killed${info.exit_code === null ? '' : `, exit code ${info.exit_code}`}`,
    lost: 'vanished: its machine, tmux server or launcher ended without a record',
  }
  const reason = info.end_reason ? how[info.end_reason] : 'not running'
  return `dead: ${reason}${info.ended_at ? ` at ${info.ended_at}` : ''}`
}

function usageLine({ processes, rss_kb, pss_kb }: AgentInfo): string | undefined {
  if (processes === null || rss_kb === null) return undefined
  const real = pss_kb === null ? '' : `, ${formatBytes(pss_kb * 1024)} without what others share`
  return `${processes} processes, ${formatBytes(rss_kb * 1024)} of memory${real}`
}

function sandboxLine(info: AgentInfo): string {
  return info.sandbox === 'none' ? 'none: this agent has all your rights' : info.sandbox
}

function networkLine({ name, network, allow, refused_requests: refused }: AgentInfo): string {
  const rules = allow.map((rule) => ({ rule }))
  const sentence = networkSentence(network, rules)
  return refused === 0 ? sentence : `${sentence} (${refused} requests refused: agentvm net ${name})`
}

function mountLine(policy: AgentInfo['policy'], field: 'readOnly' | 'readWrite'): string | undefined {
  const mounts = (policy?.[field] ?? []) as { source: string }[]
  return mounts.length === 0 ? undefined : mounts.map(({ source }) => source).join(', ')
}

function environmentLine(policy: AgentInfo['policy']): string | undefined {
  return policy ? `${(policy.env as string[]).join(' ')} (values aren't kept)` : undefined
}

function plantedLine(planted: readonly string[]): string | undefined {
  return planted.length === 0
    ? undefined
    : `${planted.join(' ')} (made by the agent: look at them before a program of yours runs in the workspace)`
}

function limitsLine(policy: AgentInfo['policy']): string | undefined {
  if (!policy) return undefined
  const { memory, processes, cpus } = (policy.limits ?? {}) as Record<string, number | undefined>
  const { by = '', gaps = [] } = (policy.enforcement ?? {}) as {
    by?: string
    gaps?: { limit: string; instead: string }[]
  }
  const bounds = [
    ...(memory ? [`memory ${formatBytes(memory)}`] : []),
    ...(processes ? [`processes ${processes}`] : []),
    ...(cpus ? [`CPU time ${cpus} cores`] : []),
  ]
  const lacking = gaps.map(({ limit, instead }) => `${limit}: ${instead}`)
  return `${bounds.join(', ') || 'none'} (${[`by ${by}`, ...lacking].join('; ')})`
}
