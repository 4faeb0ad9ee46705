import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import { pathText } from '../../workspace/baseline/byte-path.ts'
import { IgnoreRules } from '../../workspace/baseline/ignore-rules.ts'
import type { Context } from '../context.ts'
import { timestamp } from '../events.ts'
import { sandboxedOutput } from '../run/sandboxed-output.ts'
import { isolatingBackend } from '../spawn/isolating-backend.ts'
import { withScratchGit } from './with-scratch-git.ts'

/** A commit in an agent's repository. */
export interface Commit {
  sha: string
  author: string
  email: string
  /** When it was committed, ISO 8601 UTC. */
  time: string
  subject: string
}

/** What the git repository of a workspace says of itself. */
export interface GitLook {
  ignored: IgnoreRules
  /** Object names that refs point to, the current commit first, then those of branches. */
  tips: string[]
  /** Commits that none of the known ones leads to, the newest first. */
  commits: Commit[]
}

/** What only slows git down, or changes something: off, though it could do nothing outside of the sandbox. */
export const QUIET_GIT = `set -e
git() { command git -c core.fsmonitor=false -c core.untrackedCache=false -c core.hooksPath=/dev/null "$@"; }`

/** Milliseconds that a look may take: a FIFO in the place of an ignore file would hold git for ever. */
const LONGEST_MS = 20_000

/** Most commits that are listed, and most known ones that are left out. */
const MOST_COMMITS = 1000

/** Prints, each ended by an empty record: what is ignored, what refs point to, the commits that `$2…` don't lead to. */
const LOOK = `${QUIET_GIT}
cd "$1"
shift
git ls-files -z --others --ignored --exclude-standard --directory >"$HOME/ignored"
git rev-parse --quiet --verify HEAD >"$HOME/tips" || true
head=$(cat "$HOME/tips")
for refs in refs/heads refs/remotes refs; do git for-each-ref --format='%(objectname)' "$refs" >>"$HOME/tips"; done
git -c i18n.logOutputEncoding=UTF-8 log -z -n ${MOST_COMMITS} --no-color --no-show-signature --no-notes --no-mailmap \
  --date-order --ignore-missing --format='%H%n%an%n%ae%n%ct%n%s' $head --branches --not "$@" >"$HOME/commits"
{
  cat "$HOME/ignored"
  printf '\\0'
  tr '\\n' '\\0' <"$HOME/tips"
  printf '\\0'
  cat "$HOME/commits"
} | base64`

/** Whether a workspace is the root of a git repository, as far as its files say. */
export function holdsRepository(workspace: string): boolean {
  const stats = lstatSync(join(workspace, '.git'), { throwIfNoEntry: false })
  return stats !== undefined && (stats.isDirectory() || stats.isFile())
}

/** Something that couldn't be found out, and why. */
export interface Unknown {
  problem: string
}

/** Asks the repository of a workspace, in a sandbox: it may be configured to execute something. */
export async function lookIntoGit(
  context: Context,
  workspace: string,
  known: readonly string[],
): Promise<GitLook | Unknown> {
  const output = await inSandbox(context, workspace, LOOK, known.slice(0, MOST_COMMITS))
  if ('problem' in output) return output
  const records = output.bytes.toString('latin1').split('\0')
  const next = () => records.splice(0, records.indexOf('') + 1).slice(0, -1)
  const [ignored, tips] = [next(), next()]
  return {
    ignored: new IgnoreRules(ignored),
    tips: [...new Set(tips)].filter((sha) => /^[0-9a-f]{40,64}$/.test(sha)),
    commits: records.flatMap((record) => parseCommit(pathText(record)) ?? []),
  }
}

/**
 * What the ignore files of a workspace leave out, without its repository: for where that can't be asked. Undefined if
 * they can't be read.
 */
export async function ignoredByFiles(context: Context, workspace: string): Promise<IgnoreRules | undefined> {
  try {
    return new IgnoreRules(await withScratchGit(context, (git) => git.ignoredIn(workspace)))
  } catch {
    return undefined
  }
}

/** Runs a script of ours over a workspace in a sandbox: `$1` is the workspace as it is called there, what it prints is base64. */
export async function inSandbox(
  context: Context,
  workspace: string,
  script: string,
  args: readonly string[],
): Promise<{ bytes: Buffer } | Unknown> {
  const backend = await isolatingBackend(context)
  if (!backend) return { problem: "its git repository can't be asked safely without a sandbox" }
  const inside = backend.capabilities.relocatesPaths ? '/workspace' : workspace
  const argv = ['/bin/sh', '-c', script, 'sh', inside, ...args]
  const { exitCode, stdout } = await sandboxedOutput(context, backend, workspace, argv, {
    longestMs: LONGEST_MS,
  })
  if (exitCode !== 0) return { problem: "its git repository can't be read" }
  return { bytes: Buffer.from(stdout, 'base64') }
}

/** Reads one commit as {@link LOOK} prints it. */
export function parseCommit(record: string): Commit | undefined {
  const [sha = '', author = '', email = '', seconds = '', ...subject] = record.split('\n')
  if (!/^[0-9a-f]{40,64}$/.test(sha)) return undefined
  return { sha, author, email, time: timestamp(new Date(Number(seconds) * 1000)), subject: subject.join(' ') }
}
