import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { ExternalCommandError, UserError } from '../errors.ts'
import { withLock } from '../system/lock.ts'
import { versionIn } from './installation.ts'
import {
  askVersion,
  runHere,
  runLoudly,
  type UpgradeOptions,
  type UpgradeResult,
  uninterrupted,
} from './steps.ts'
import { failedUpgrade, StuckError, swapIn, switchOver } from './swap.ts'

/**
 * Upgrades a checkout to its upstream branch: fetches, builds the new commit aside, then switches by renames and a
 * fast-forward. Throws a {@link UserError}, leaving the old agentvm as it was, if the checkout has changes or commits
 * of its own, if it follows no branch, or if the new one doesn't build or run.
 */
export async function upgradeCheckout(root: string, options: UpgradeOptions): Promise<UpgradeResult> {
  const git = (...args: string[]) => runHere(['git', '-C', root, ...args], options)
  const upstream = await followedBranch(root, git)
  options.say(`fetching ${upstream}`)
  await fetch(root, git)
  const from = await git('rev-parse', 'HEAD')
  const to = await git('rev-parse', upstream)
  const result: UpgradeResult = {
    method: 'git',
    from: versionIn(root),
    to: (JSON.parse(await git('show', `${to}:package.json`)) as { version: string }).version,
    ...{ from_commit: from.slice(0, 12), to_commit: to.slice(0, 12), available: true, upgraded: false },
  }
  const [ahead = 0, behind = 0] = (await git('rev-list', '--left-right', '--count', `${from}...${to}`))
    .split(/\s+/)
    .map(Number)
  if (behind === 0) return { ...result, to: result.from, to_commit: result.from_commit, available: false }
  if (options.check) return result
  if (ahead > 0) {
    throw new UserError(`the checkout ${root} has ${ahead} commits of its own`, {
      fix: `git -C ${root} rebase ${upstream} && cd ${root} && npm run build`,
    })
  }
  await refuseChanges(root, git)
  const cache = join(root, '.cache')
  mkdirSync(cache, { recursive: true })
  return withLock(join(cache, 'upgrade.lock'), async () => {
    await buildAndSwitch({ root, cache, from, to }, git, options)
    return { ...result, upgraded: true }
  })
}

type Git = (...args: string[]) => Promise<string>

async function buildAndSwitch(
  { root, cache, from, to }: { root: string; cache: string; from: string; to: string },
  git: Git,
  options: UpgradeOptions,
): Promise<void> {
  await removeLeftovers(cache, git)
  const aside = mkdtempSync(join(cache, 'upgrade-'))
  const built = join(aside, 'new')
  try {
    options.say('building the new version aside')
    await git('worktree', 'add', '--detach', built, to)
    await runLoudly([process.execPath, 'scripts/setup.mjs'], options, built)
    await askVersion(built, options)
    const made = await madeByBuild(built, options)
    // Building takes a while: there may be changes by now.
    await refuseChanges(root, git)
    options.say('switching')
    await uninterrupted(() =>
      switchOver({
        swap: () => swapIn(made, built, root, join(aside, 'old')),
        follow: async () => {
          await git('merge', '--ff-only', '--quiet', to)
          await askVersion(root, options)
        },
        // Keeps what was changed in just this moment, where --hard would not.
        unfollow: () => git('reset', '--keep', '--quiet', from),
      }),
    )
  } catch (error) {
    if (!(error instanceof StuckError)) await removeLeftovers(cache, git)
    throw failedUpgrade(error, aside)
  }
  await removeLeftovers(cache, git)
}

/** What the build has written, besides its notes: what git ignores. */
async function madeByBuild(built: string, options: UpgradeOptions): Promise<string[]> {
  const list = ['ls-files', '--others', '--ignored', '--exclude-standard', '--directory', '-z'] as const
  const output = await runHere(['git', '-C', built, ...list], options)
  return output
    .split('\0')
    .map((path) => path.replace(/\/$/, ''))
    .filter((path) => path !== '' && path !== '.cache')
}

/** Removes what this upgrade, or one that was killed, has built aside. */
async function removeLeftovers(cache: string, git: Git): Promise<void> {
  for (const name of readdirSync(cache)) {
    if (/^upgrade-\w+$/.test(name)) rmSync(join(cache, name), { recursive: true, force: true })
  }
  await git('worktree', 'prune')
}

async function refuseChanges(root: string, git: Git): Promise<void> {
  const changes = await git('status', '--porcelain', '--untracked-files=no')
  if (changes === '') return
  const files = changes.split('\n').map((line) => line.trim().replace(/^\S+\s+/, ''))
  const more = files.length > 3 ? ` and ${files.length - 3} more` : ''
  throw new UserError(`the checkout ${root} has changes: ${files.slice(0, 3).join(', ')}${more}`, {
    fix: `git -C ${root} stash`,
  })
}

async function followedBranch(root: string, git: Git): Promise<string> {
  try {
    return await git('rev-parse', '--abbrev-ref', '--symbolic-full-name', '@{upstream}')
  } catch (error) {
    if (!(error instanceof ExternalCommandError)) throw error
    throw new UserError(`the checkout ${root} follows no branch`, {
      fix: `git -C ${root} switch main`,
      cause: error,
    })
  }
}

async function fetch(root: string, git: Git): Promise<void> {
  try {
    await git('fetch', '--quiet')
  } catch (error) {
    if (!(error instanceof ExternalCommandError)) throw error
    throw new UserError(`git can't fetch: ${error.stderr.trim().split('\n').at(-1)}`, {
      fix: `git -C ${root} fetch`,
      cause: error,
    })
  }
}
