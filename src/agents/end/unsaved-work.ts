import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Context } from '../context.ts'
import { countChanges } from '../diff/changes-since.ts'
import { sandboxedOutput } from '../run/sandboxed-output.ts'
import { baselineOf } from '../spawn/baseline.ts'
import { isolatingBackend } from '../spawn/isolating-backend.ts'
import type { AgentRecord } from '../state/record.ts'
import { hasFiles } from '../trash/put-away.ts'

/**
 * Prints how many files differ from the last commit, how many commits lie on no remote and weren't there at the start
 * (`$3…`), how many stashes there are, and the last one.
 */
const COUNT_WORK = `set -e
cd "$1"
git status --porcelain -- . "$2" >"$HOME/changed"
shift 2
git rev-list --ignore-missing --exclude=refs/stash --all --not --remotes "$@" >"$HOME/commits"
git stash list >"$HOME/stashes"
for list in changed commits stashes; do wc -l <"$HOME/$list"; done
git rev-parse --quiet --verify refs/stash || true`

/** So many names fit on a command line in any case. */
const MOST_TIPS = 1000

/**
 * Work in an agent's workspace that lies nowhere else, in words, or undefined if there is none: uncommitted changes,
 * commits on no remote, stashes; without git what has changed since its spawn. What can't be told counts as work. Git runs inside a sandbox.
 */
export async function unsavedWork(context: Context, record: AgentRecord): Promise<string | undefined> {
  if (!record.workspaceOwned || !hasFiles(record.workspace, homeInside(record))) return undefined
  if (!existsSync(join(record.workspace, '.git'))) return changedFiles(context, record)
  const backend = await isolatingBackend(context)
  if (!backend)
    return "its workspace is a git repository, which can't be looked into safely without a sandbox"
  const tips = tipsAtSpawn(context, record)
  const inside = backend.capabilities.relocatesPaths ? '/workspace' : record.workspace
  const { exitCode, stdout } = await sandboxedOutput(context, backend, record.workspace, [
    ...['/bin/sh', '-c', COUNT_WORK, 'sh', inside, `:(exclude)${homeInside(record) ?? '.git'}`],
    ...tips.slice(0, MOST_TIPS),
  ])
  const [changed = 0, unpushed = 0, stashes = 0] = stdout.trim().split(/\s+/, 3).map(Number)
  if (exitCode !== 0 || Number.isNaN(changed)) return "its git repository can't be read"
  const lastStash = /([0-9a-f]{40,64})\s*$/.exec(stdout.slice(-80))?.[1] ?? ''
  const parts = [
    // What was there at the start lies where it came from.
    counted(changed > 0 && isUntouched(context, record) ? 0 : changed, 'uncommitted file'),
    counted(unpushed, 'commit', ' on no remote'),
    counted(tips.includes(lastStash) ? 0 : stashes, 'stash', '', 'stashes'),
  ].filter((part) => part !== '')
  return parts.length > 0 ? parts.join(', ') : undefined
}

/** What the workspace's refs pointed to at the spawn: those commits lie where it was seeded from. */
function tipsAtSpawn(context: Context, record: AgentRecord): string[] {
  try {
    return baselineOf(context, record)?.git?.tips ?? []
  } catch {
    return []
  }
}

/** Whether every file is as it was at the spawn. */
function isUntouched(context: Context, record: AgentRecord): boolean {
  try {
    return countChanges(context, record) === 0
  } catch {
    return false
  }
}

/** Where in its workspace the home of a bash tool's agent lies. */
function homeInside({ workspace, home }: AgentRecord): string | undefined {
  return dirname(home) === workspace ? basename(home) : undefined
}

function changedFiles(context: Context, record: AgentRecord): string | undefined {
  try {
    const changed = countChanges(context, record)
    return changed === undefined
      ? 'its workspace holds files'
      : counted(changed, 'file', ' changed since its spawn') || undefined
  } catch {
    return 'its workspace holds files'
  }
}

function counted(count: number, one: string, rest = '', many = `${one}s`): string {
  return count === 0 ? '' : `${count} ${count === 1 ? one : many}${rest}`
}
