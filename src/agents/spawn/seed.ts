import { existsSync, realpathSync, statSync } from 'node:fs'
import { resolve, sep } from 'node:path'
import { UserError } from '../../errors.ts'
import type { Home } from '../../settings/home.ts'
import type { CopyCount } from '../../workspace/copy-tree.ts'
import { cloneRepository } from '../../workspace/seed/clone-repository.ts'
import { copyFolder } from '../../workspace/seed/copy-folder.ts'
import { stripUserInfo } from '../../workspace/seed/credentials.ts'
import type { Context } from '../context.ts'
import type { AgentRecord } from '../state/record.ts'
import { hasFiles } from '../trash/put-away.ts'
import { onInterrupt } from './interrupt.ts'

/** What a workspace is filled with before its agent starts. */
export type Seed =
  | { dir: string }
  | {
      /** Address or absolute path. May hold credentials: {@link seedFacts} has none. */
      git: string
      ref: string | undefined
    }

/** What the user asks a workspace to be filled with. */
export interface SeedRequest {
  fromDir?: string | undefined
  fromGit?: string | undefined
  ref?: string | undefined
}

/** A seed without secrets, by the record's fields. */
export type SeedFacts = Pick<AgentRecord, 'fromDir' | 'fromGit' | 'fromGitRef'>

/** Makes a request exact. Throws a {@link UserError} on one that can't be carried out; changes nothing. */
export function planSeed(home: Home, asked: SeedRequest, name: string, workspace: string): Seed | undefined {
  const { fromDir, fromGit, ref } = asked
  if (ref !== undefined && fromGit === undefined) {
    throw new UserError('--ref says what to check out of --from-git, which is missing', { exitCode: 2 })
  }
  if (fromDir === undefined && fromGit === undefined) return undefined
  if (hasFiles(workspace)) {
    throw new UserError(`the workspace of '${name}' isn't empty: a seed would mix with what is there`, {
      fix: `agentvm spawn ${name} without a seed goes on with it, agentvm clean ${name} puts it away`,
    })
  }
  if (fromDir !== undefined) return { dir: checkFolder(home, fromDir) }
  return { git: checkAddress(fromGit ?? ''), ref: checkRef(ref) }
}

/** What the record says of a seed; without one, what it said before. */
export function seedFacts(seed: Seed | undefined, previous?: SeedFacts): SeedFacts {
  const none = { fromDir: undefined, fromGit: undefined, fromGitRef: undefined }
  if (seed === undefined) {
    const { fromDir, fromGit, fromGitRef } = previous ?? none
    return { fromDir, fromGit, fromGitRef }
  }
  if ('dir' in seed) return { ...none, fromDir: seed.dir }
  return { ...none, fromGit: stripUserInfo(seed.git), fromGitRef: seed.ref }
}

/** Fills an agent's empty workspace. Ctrl-C ends it with a {@link UserError}; taking back what is there by then is the caller's. */
export async function seedWorkspace(context: Context, seed: Seed, record: AgentRecord): Promise<void> {
  const interrupt = onInterrupt()
  try {
    const { notes } = await ('dir' in seed
      ? copyFolder(seed.dir, record.workspace, {
          onProgress: (count) => {
            interrupt.check()
            context.progress(copied(count))
          },
        })
      : cloneRepository({ url: seed.git, ref: seed.ref }, record.workspace, {
          onProgress: context.progress,
          signal: interrupt.signal,
          mayAsk: process.stdin.isTTY === true && process.stderr.isTTY === true,
          // A clone that outlives us is found by it, and ended.
          env: { AGENTVM_LAUNCHER_ID: record.id },
        }))
    interrupt.check()
    context.progress('')
    for (const note of notes) context.note(note)
  } catch (error) {
    context.progress('')
    interrupt.check()
    throw error
  } finally {
    interrupt.stop()
  }
}

/** How far a copy is, for people. */
export function copied({ files }: CopyCount): string {
  return `copying: ${files.toLocaleString('en')} files`
}

function checkFolder(home: Home, asked: string): string {
  const path = resolve(asked)
  if (!existsSync(path)) throw new UserError(`--from-dir: there is no folder ${path}`, { exitCode: 2 })
  if (!statSync(path).isDirectory()) {
    throw new UserError(`--from-dir: ${path} is not a folder`, { exitCode: 2 })
  }
  const [source, root] = [realpathSync(path), existsSync(home.root) ? realpathSync(home.root) : home.root]
  if (contains(root, source)) {
    throw new UserError(`--from-dir: ${path} lies in agentvm's own home`, {
      fix: "'agentvm clone' copies an agent",
      exitCode: 2,
    })
  }
  if (contains(source, root)) {
    throw new UserError(`--from-dir: ${path} holds agentvm's own home, with all agents and keys in it`, {
      fix: 'choose a folder below it',
      exitCode: 2,
    })
  }
  return source
}

function contains(folder: string, path: string): boolean {
  return `${path}${sep}`.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`)
}

function checkAddress(asked: string): string {
  if (asked === '') throw new UserError('--from-git needs an address or a path', { exitCode: 2 })
  if (/^ext::/i.test(asked)) {
    throw new UserError('--from-git: an ext:: address names a command to execute', { exitCode: 2 })
  }
  return existsSync(asked) ? resolve(asked) : asked
}

function checkRef(ref: string | undefined): string | undefined {
  if (ref === undefined || /^[^-\s~^:?*[\\\x00-\x1f\x7f][^\s~^:?*[\\\x00-\x1f\x7f]*$/.test(ref)) return ref
  throw new UserError(`'${ref}' can't be a branch, tag or commit`, { exitCode: 2 })
}
