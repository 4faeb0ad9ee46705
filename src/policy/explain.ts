import { posix } from 'node:path'
import type { Mount, SandboxPolicy } from '@agentvm/sdk'
import { parseHostName } from '../network/host-name.ts'
import { findRule, formatRule } from '../network/rules.ts'

/** What can be asked about. */
export type Access = 'read' | 'write' | 'connect'

/** An answer, and what decides it. */
export interface Verdict {
  allowed: boolean
  /** The part of the policy, such as `workspace`, `protect`, `network`. */
  rule: string
  /** The same in words. */
  because: string
}

/** What of a policy decides about access. */
export type ExplainedPolicy = Pick<
  SandboxPolicy,
  'workspace' | 'home' | 'system' | 'readOnly' | 'readWrite' | 'symlinks' | 'protect' | 'network' | 'sockets'
>

/** One place inside, as the policy makes it. */
interface Place {
  path: string
  access: 'read' | 'write'
  rule: string
  because: string
}

/** How many symlinks are followed, as in the kernel. */
const MOST_LINKS = 40

/** Folders of its own that every sandbox with its own view of the file system has. */
const PRIVATE: Place[] = [
  { path: '/tmp', access: 'write', rule: 'private', because: 'its own temporary folder' },
  { path: '/dev', access: 'read', rule: 'private', because: 'its own devices' },
  { path: '/dev/shm', access: 'write', rule: 'private', because: 'its own shared memory' },
  { path: '/proc', access: 'read', rule: 'private', because: 'its own processes' },
  { path: '/run', access: 'read', rule: 'private', because: 'an empty folder of its own' },
]

/** Whether a policy lets an agent read or change a path (as the agent sees it), and by which rule. Pure: knows nothing of what lies there. */
export function explainPath(policy: ExplainedPolicy, access: 'read' | 'write', target: string): Verdict {
  const path = resolveLinks(policy, posix.normalize(target))
  const guard = policy.protect.find((protectedPath) => covers(protectedPath, path))
  if (guard !== undefined && access === 'write') {
    return { allowed: false, rule: 'protect', because: `${guard} is kept as it is` }
  }
  const place = places(policy).findLast((one) => covers(one.path, path))
  if (!place) return { allowed: false, rule: 'default', because: `nothing shows ${path} to the agent` }
  const allowed = access === 'read' || place.access === 'write'
  const because = allowed ? place.because : `${place.because}, which it can only read`
  return { allowed, rule: place.rule, because: `${place.path}: ${because}` }
}

/** Whether a policy lets an agent connect to `HOST[:PORT]` (443 without a port), and by which rule. Pure. */
export function explainConnect({ network }: ExplainedPolicy, target: string): Verdict {
  const rule = 'network'
  if (network.mode === 'host') {
    return { allowed: true, rule, because: "host: the machine's own network, nothing is filtered" }
  }
  if (network.mode === 'none') return { allowed: false, rule, because: 'none: it has no network' }
  const [, name = '', digits] = /^(.*?)(?::(\d{1,5}))?$/.exec(target) ?? []
  const host = parseHostName(name)
  if (host === undefined) {
    return { allowed: false, rule, because: 'allowlist: only names can be opened, not addresses' }
  }
  const port = digits === undefined ? 443 : Number(digits)
  const found = findRule(network.allow, host, port)
  return found
    ? { allowed: true, rule, because: `allowlist: ${formatRule(found)}` }
    : { allowed: false, rule, because: `allowlist: no rule opens ${host}:${port}` }
}

/** All places in the order in which they are made: a later one covers an earlier one. */
function places(policy: ExplainedPolicy): Place[] {
  const of = (mounts: readonly Mount[], access: Place['access'], rule: string, because: string): Place[] =>
    mounts.map(({ target }) => ({ path: target, access, rule, because }))
  return [
    ...PRIVATE,
    ...of(policy.system.readOnly, 'read', 'system', "the system's own files"),
    ...policy.system.files.map(({ path }): Place => {
      return { path, access: 'read', rule: 'system', because: 'a file made up for the agent' }
    }),
    ...of(policy.readOnly, 'read', 'readOnly', 'what its program needs, or --ro opened'),
    ...of(policy.readWrite, 'write', 'readWrite', 'what --rw opened'),
    ...of([policy.workspace], 'write', 'workspace', 'its workspace'),
    ...of([policy.home], 'write', 'home', 'its home'),
    ...of(policy.sockets, 'read', 'sockets', 'sockets of its own helpers'),
  ]
}

/** Follows the links that the policy makes, wherever on the way they are. */
function resolveLinks(policy: ExplainedPolicy, path: string): string {
  const links = [...policy.system.symlinks, ...policy.symlinks, { path: '/var/tmp', target: '../tmp' }]
  let at = path
  for (let count = 0; count < MOST_LINKS; count += 1) {
    const link = links.find((one) => covers(one.path, at))
    if (!link) return at
    const rest = at.slice(link.path.length)
    at = posix.resolve(posix.dirname(link.path), link.target) + rest
  }
  return at
}

function covers(folder: string, path: string): boolean {
  return path === folder || folder === '/' || path.startsWith(`${folder}/`)
}
