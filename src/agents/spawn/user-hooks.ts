import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Interrupted, UserError } from '../../errors.ts'
import type { Context } from '../context.ts'
import type { AgentRecord } from '../state/record.ts'
import { formatTags } from '../state/tags.ts'
import { runHostScript, whyNotRun } from './host-script.ts'

/** The scripts in `$AGENTVM_HOME/hooks` that the user may have. */
type UserHook = 'pre-spawn' | 'post-spawn'

/** Milliseconds that a hook may take. */
const LIMIT_MS = 60_000

/** What of the user's environment a hook gets: enough for its tools to find their things; no key of any provider. */
const PASSED_ON = [
  ...['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'LANG', 'LANGUAGE', 'TZ', 'TERM', 'TMPDIR', 'NO_COLOR'],
  ...['SSH_AUTH_SOCK', 'DISPLAY', 'WAYLAND_DISPLAY', 'DBUS_SESSION_BUS_ADDRESS'],
]
const PASSED_ON_PATTERN = /^(?:LC_|XDG_)/

/**
 * Runs `hooks/pre-spawn`, if there is one, before an agent starts. If it fails, or must not be run, that is a warning;
 * with `AGENTVM_STRICT_HOOKS` a {@link UserError}, as an interruption is.
 */
export async function runPreSpawn(
  context: Context,
  record: AgentRecord,
  signal: AbortSignal | undefined,
): Promise<void> {
  const problem = await runUserHook(context, 'pre-spawn', record, signal)
  if (!problem) return
  if (signal?.aborted)
    throw new Interrupted('interrupted, everything was taken back', { signal: signal.reason })
  if (context.settings.strictHooks) {
    throw new UserError(`agent '${record.name}' was not started: ${problem}`, {
      fix: `mend ${hookPath(context, 'pre-spawn')}, or: agentvm config set AGENTVM_STRICT_HOOKS false`,
    })
  }
  context.warn(`${record.name}: ${problem}`)
}

/** Runs `hooks/post-spawn`, if there is one, once an agent runs. A failure is a warning. */
export async function runPostSpawn(
  context: Context,
  record: AgentRecord,
  signal?: AbortSignal,
): Promise<void> {
  const problem = await runUserHook(context, 'post-spawn', record, signal)
  if (problem) context.warn(`${record.name}: ${problem}`)
}

async function runUserHook(
  context: Context,
  hook: UserHook,
  record: AgentRecord,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const path = hookPath(context, hook)
  if (!existsSync(path)) return undefined
  const problem = whyNotRun(path) ?? whyNotInFolder(context.home.hooks) ?? whyNotExecutable(path)
  if (problem) return `hooks/${hook} ${problem}`
  const failure = await runHostScript({
    argv: [path, record.name, record.workspace],
    cwd: context.home.root,
    env: hookEnvironment(context, hook, record),
    signal,
    limitMs: LIMIT_MS,
  })
  return failure && `hooks/${hook} ${failure}`
}

/** The documented environment of a hook. */
function hookEnvironment(context: Context, hook: UserHook, record: AgentRecord): NodeJS.ProcessEnv {
  const passed = Object.entries(context.caller).filter(
    ([name]) => PASSED_ON.includes(name) || PASSED_ON_PATTERN.test(name),
  )
  return {
    ...Object.fromEntries(passed),
    AGENTVM_HOME: context.home.root,
    AGENTVM_HOOK: hook,
    AGENTVM_AGENT_NAME: record.name,
    AGENTVM_AGENT_ID: record.id,
    AGENTVM_WORKSPACE: record.workspace,
    AGENTVM_PROFILE: record.profile ?? '',
    AGENTVM_SANDBOX: record.sandbox,
    AGENTVM_TAGS: formatTags(record.tags),
  }
}

function whyNotInFolder(folder: string): string | undefined {
  return (statSync(folder).mode & 0o002) === 0
    ? undefined
    : `lies in a folder that everyone can change, so it was not run: chmod o-w ${folder}`
}

function whyNotExecutable(path: string): string | undefined {
  try {
    accessSync(path, constants.X_OK)
    return undefined
  } catch {
    return `is not executable, so it was not run: chmod +x ${path}`
  }
}

function hookPath({ home }: Context, hook: UserHook): string {
  return join(home.hooks, hook)
}
