import type { Explanation, PolicyReport } from '../agents/report/policy-report.ts'
import { formatBytes } from './bytes.ts'
import { sanitizeLine } from './sanitize.ts'
import { formatTable, type TableStream, widthOf } from './table.ts'

/** What `policy` prints for people: one line a field, with what holds and who decided it. */
export function policyLines({ name, sandbox, policy }: PolicyReport, stream: TableStream): string {
  const { sources, network, limits } = policy
  const from = (field: string) => sources[field] ?? ''
  const opened = network.mode === 'allowlist' ? `: ${network.allow.map(({ host }) => host).join(' ')}` : ''
  const bytes = new Set(['memory', 'tmpSize', 'shmSize', 'logSize'])
  const rows = [
    ['sandbox', sandbox, ''],
    ['workspace', `${policy.workspace.source} at ${policy.workspace.target}`, ''],
    ['home', `${policy.home.source} at ${policy.home.target}`, ''],
    ['network', network.mode + opened, from('network')],
    ['reads', policy.readOnly.map(({ target }) => target).join(' ') || 'the system', from('readOnly')],
    [
      'changes',
      policy.readWrite.map(({ target }) => target).join(' ') || 'workspace and home',
      from('readWrite'),
    ],
    ['protect', policy.protect.join(' ') || 'nothing', from('protect')],
    ['git config', gitConfigText(policy.protect), from('gitConfig')],
    ['environment', policy.env.join(' '), ''],
    ...Object.entries(limits).map(([limit, value]) => [
      `limit ${limit}`,
      !value ? 'none' : bytes.has(limit) ? formatBytes(value) : String(value),
      from(`limits.${limit}`),
    ]),
    ['limits by', policy.enforcement.by, ''],
    ...policy.enforcement.gaps.map(({ limit, instead }) => [`gap ${limit}`, instead, '']),
  ]
  return formatTable(
    rows,
    [
      { header: 'FIELD', value: ([field = '']) => field },
      { header: `POLICY OF ${name}`, value: ([, holds = '']) => holds },
      { header: 'FROM', value: ([, , layer = '']) => layer },
    ],
    { width: widthOf(stream) },
  )
}

/** What `policy explain` prints for people. */
export function explanationLine({ allowed, access, target, because, rule }: Explanation): string {
  return sanitizeLine(`${allowed ? 'allowed' : 'denied'}: ${access} ${target} (${rule}: ${because})`)
}

function gitConfigText(protectedPaths: readonly string[]): string {
  const inGit = protectedPaths.filter((path) => path.includes('/.git/'))
  if (inGit.length === 0) return 'not kept'
  return inGit.some((path) => path.endsWith('/config')) ? 'ro' : 'rw'
}
