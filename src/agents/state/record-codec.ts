import { basename, dirname, join } from 'node:path'
import type { AllowedHost } from '@agentvm/sdk'
import { UserError } from '../../errors.ts'
import { decodeRules, encodeRules } from '../../network/rules-text.ts'
import type { Placeholder } from '../../policy/protect/placeholders.ts'
import { shellJoin, shellSplit } from '../../system/shell-words.ts'
import type { AgentRecord } from './record.ts'
import { decodeFacts, encodeFacts } from './spawn-facts.ts'
import type { StateValues } from './state-file.ts'
import { formatTags, parseTags } from './tags.ts'

/** The version of the state file that this agentvm writes. The bash tool's files have none. */
const FORMAT = 1

/** The keys that {@link decodeRecord} has asked for: all that it knows, from the first record on. */
const taken = new Set<string>()

/** Turns the values of a state file into a record. Throws a {@link UserError} on a file of a newer agentvm. */
export function decodeRecord(values: StateValues, name: string): AgentRecord {
  const take = (key: string) => {
    const value = values[key]
    taken.add(key)
    return value === '' ? undefined : value
  }
  const format = Number(take('AGENT_FORMAT') ?? 0)
  if (!(format <= FORMAT)) {
    throw new UserError(
      `agent '${name}' was made by a newer agentvm (state format ${values.AGENT_FORMAT}, this one knows ${FORMAT})`,
      { fix: 'agentvm upgrade' },
    )
  }
  take('AGENT_NAME')
  const workspace = take('AGENT_WORKSPACE') ?? ''
  const exitCode = take('AGENT_EXIT_CODE')
  const command = take('AGENT_EXTRA_CMD')
  const profile = take('AGENT_PROFILE')
  return {
    id: take('AGENT_ID') ?? name,
    name,
    workspace,
    // The bash tool makes its workspaces there; a folder elsewhere isn't ours to move.
    workspaceOwned:
      take('AGENT_WORKSPACE_OWNED') === 'true' ||
      (format === 0 && basename(dirname(workspace)) === 'workspaces'),
    home: take('AGENT_HOME_DIR') ?? join(workspace, '.home'),
    seeded: take('AGENT_SEEDED')?.split(',') ?? (format === 0 && profile ? [profile] : []),
    sandbox: take('AGENT_SANDBOX') ?? 'none',
    profile,
    command: command === undefined ? undefined : words(command),
    tags: parseTags(take('AGENT_TAGS') ?? ''),
    createdAt: take('AGENT_CREATED_AT') ?? '',
    session: take('AGENT_SESSION') ?? '',
    socket: take('AGENT_SOCKET') ?? '',
    logFile: take('AGENT_LOG_FILE') ?? join(dirname(workspace), '..', 'state', `${name}.log`),
    promptFile: take('AGENT_PROMPT_FILE'),
    fromDir: take('AGENT_FROM_DIR'),
    fromGit: take('AGENT_FROM_GIT'),
    fromGitRef: take('AGENT_FROM_GIT_REF'),
    gitlawb: take('AGENT_GITLAWB') === 'true',
    did: take('AGENT_GITLAWB_DID'),
    network: oneOf(take('AGENT_NET'), ['host', 'none', 'allowlist']) ?? 'host',
    wishes: parseJson(take('AGENT_POLICY'), isObject) ?? {},
    hostExecuted: parseJson(take('AGENT_HOST_EXECUTED'), isTexts),
    placeholders: parseJson(take('AGENT_PLACEHOLDERS'), isPlaceholders) ?? [],
    cgroup: parseJson(take('AGENT_CGROUP'), isTexts) ?? [],
    allow: rules(take('AGENT_ALLOW') ?? '', name),
    revoked: (take('AGENT_REVOKED') ?? '').split(' ').filter((target) => target !== ''),
    asked: decodeFacts(take),
    pid: Number(take('AGENT_PID') ?? 0) || 0,
    pidStart: take('AGENT_PID_START') ?? '',
    bootId: take('AGENT_BOOT_ID') ?? '',
    spawner: take('AGENT_SPAWNER') ?? '',
    exitCode: exitCode === undefined ? undefined : Number(exitCode),
    endedAt: take('AGENT_ENDED_AT'),
    endReason: oneOf(take('AGENT_END_REASON'), [
      'exited',
      'out-of-memory',
      'process-limit',
      'killed',
      'lost',
    ]),
    extra: extraOf(values),
  }
}

/** What another version, or a plugin, has written. */
function extraOf(values: StateValues): StateValues {
  const extra: StateValues = {}
  for (const key of Object.keys(values)) if (!taken.has(key)) extra[key] = values[key] ?? ''
  return extra
}

/** Turns a record into the values of a state file, the bash tool's keys first. */
export function encodeRecord(record: AgentRecord): StateValues {
  return {
    AGENT_NAME: record.name,
    AGENT_PID: String(record.pid),
    AGENT_SANDBOX: record.sandbox,
    AGENT_WORKSPACE: record.workspace,
    AGENT_CREATED_AT: record.createdAt,
    AGENT_SESSION: record.session,
    AGENT_PROFILE: record.profile ?? '',
    AGENT_LOG_FILE: record.logFile,
    AGENT_GITLAWB: String(record.gitlawb),
    AGENT_GITLAWB_DID: record.did ?? '',
    AGENT_TAGS: formatTags(record.tags),
    AGENT_PROMPT_FILE: record.promptFile ?? '',
    AGENT_FROM_DIR: record.fromDir ?? '',
    AGENT_FROM_GIT: record.fromGit ?? '',
    AGENT_FROM_GIT_REF: record.fromGitRef ?? '',
    AGENT_EXTRA_CMD: record.command === undefined ? '' : shellJoin(record.command),
    AGENT_FORMAT: String(FORMAT),
    AGENT_ID: record.id,
    AGENT_HOME_DIR: record.home,
    AGENT_SEEDED: record.seeded.join(','),
    AGENT_WORKSPACE_OWNED: String(record.workspaceOwned),
    AGENT_SOCKET: record.socket,
    AGENT_NET: record.network,
    AGENT_POLICY: Object.keys(record.wishes).length === 0 ? '' : JSON.stringify(record.wishes),
    AGENT_HOST_EXECUTED: record.hostExecuted === undefined ? '' : JSON.stringify(record.hostExecuted),
    AGENT_PLACEHOLDERS: record.placeholders.length === 0 ? '' : JSON.stringify(record.placeholders),
    AGENT_ALLOW: encodeRules(record.allow),
    AGENT_REVOKED: record.revoked.join(' '),
    ...encodeFacts(record.asked),
    AGENT_CGROUP: record.cgroup.length === 0 ? '' : JSON.stringify(record.cgroup),
    AGENT_PID_START: record.pidStart,
    AGENT_BOOT_ID: record.bootId,
    AGENT_SPAWNER: record.spawner,
    AGENT_EXIT_CODE: record.exitCode === undefined ? '' : String(record.exitCode),
    AGENT_ENDED_AT: record.endedAt ?? '',
    AGENT_END_REASON: record.endReason ?? '',
    ...record.extra,
  }
}

/** A value that this agentvm wrote as JSON. What isn't such a value, after a change by hand, counts as absent. */
function parseJson<T>(text: string | undefined, is: (value: unknown) => value is T): T | undefined {
  try {
    const value: unknown = text === undefined ? undefined : JSON.parse(text)
    return is(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Record<string, never> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isPlaceholders(value: unknown): value is Placeholder[] {
  return Array.isArray(value) && value.every((item) => isObject(item) && isTexts([item.root, item.path]))
}

function rules(text: string, name: string): AllowedHost[] {
  try {
    return decodeRules(text)
  } catch (error) {
    throw new UserError(
      `the state file of '${name}' is damaged in AGENT_ALLOW: ${(error as Error).message}`,
      {
        fix: 'mend that value: one rule a line',
        cause: error,
      },
    )
  }
}

/** The words of a command; the text as one where it can't be split, none where it has none. */
function words(command: string): string[] | undefined {
  const split = shellSplit(command) ?? [command]
  return split.length === 0 ? undefined : split
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

function oneOf<T extends string>(value: string | undefined, known: readonly T[]): T | undefined {
  return known.find((one) => one === value)
}
