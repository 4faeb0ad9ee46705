import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { UserError } from '../errors.ts'
import { makeTemporary, removeTemporary } from '../system/scratch.ts'
import { systemError } from '../system/system-error.ts'
import { whenStarted } from '../system/when-started.ts'
import { plainEnvironment } from './git.ts'

/** Milliseconds that one git may take: a FIFO in a repository would hold it for ever. */
const LONGEST_MS = 60_000
/** Largest commit or note that is looked at, in bytes. */
const LARGEST = 8 * 1024 * 1024

/** No hook, no cleaning up, and no commit graph: that is a file which says who is whose parent, and need not be true. */
const SAFE = [
  ...['-c', 'core.hooksPath=/dev/null', '-c', 'gc.auto=0', '-c', 'maintenance.auto=false'],
  ...['-c', 'core.commitGraph=false'],
]

/** What git says and whether that went well. */
interface GitOutput {
  ok: boolean
  bytes: Buffer
  problem: string
}

/**
 * Somebody's repository, seen by a git that knows nothing of its configuration, hooks and attributes: a repository of
 * ours, for as long as it takes, whose objects and refs are links to theirs. So nothing that anybody has configured
 * there can be executed, whoever wrote it.
 */
export class RepositoryView {
  /** The folder that was asked for. */
  readonly folder: string
  /** Digits of its object names: 40, or 64 with SHA-256. */
  readonly digits: 40 | 64
  private readonly gitDir: string
  private readonly common: string

  private constructor(folder: string, common: string, digits: 40 | 64, gitDir: string) {
    this.folder = folder
    this.common = common
    this.digits = digits
    this.gitDir = gitDir
  }

  /** Gives `fn` a view of the repository that a folder lies in. Throws a {@link UserError} (exit code 2) if it lies in none. */
  static async with<T>(folder: string, fn: (view: RepositoryView) => Promise<T>): Promise<T> {
    const places = findRepository(resolve(folder))
    const scratch = makeTemporary('agentvm-view')
    try {
      const config = readSmall(join(places.common, 'config')) ?? ''
      const digits = /^\s*objectformat\s*=\s*sha256\s*$/im.test(config) ? 64 : 40
      const refStorage = /^\s*refstorage\s*=\s*(\w+)\s*$/im.exec(config)?.[1]
      const extensions = [
        ...(digits === 64 ? ['objectformat = sha256'] : []),
        ...(refStorage ? [`refstorage = ${refStorage}`] : []),
      ]
      writeFileSync(
        join(scratch, 'config'),
        `[core]\n\trepositoryformatversion = 1\n\tbare = true\n[extensions]\n${extensions.map((line) => `\t${line}\n`).join('')}`,
      )
      writeFileSync(join(scratch, 'HEAD'), readSmall(join(places.own, 'HEAD')) ?? '')
      for (const name of ['objects', 'refs', 'packed-refs', 'reftable', 'shallow']) {
        if (existsSync(join(places.common, name))) symlinkSync(join(places.common, name), join(scratch, name))
      }
      return await fn(new RepositoryView(resolve(folder), places.common, digits, scratch))
    } finally {
      removeTemporary(scratch)
    }
  }

  /** The name of the commit that a word such as `HEAD`, a branch or a short name stands for; undefined if there is none. */
  async commit(word: string): Promise<string | undefined> {
    if (word.startsWith('-')) return undefined
    const { ok, bytes } = await this.git(['rev-parse', '--verify', '--quiet', `${word}^{commit}`])
    const name = bytes.toString('utf8').trim()
    return ok && this.isName(name) ? name : undefined
  }

  /** Commits of a range such as `main..HEAD`, the newest first, at most `most`. Undefined if it is no range of this repository. */
  async range(words: string, most: number): Promise<string[] | undefined> {
    if (words.startsWith('-')) return undefined
    const { ok, bytes } = await this.git(['rev-list', `--max-count=${most}`, words, '--'])
    return ok ? this.names(bytes) : undefined
  }

  /** Commits that `from` and all before it have, and `without` and all before that one don't. What isn't here counts as nothing. */
  async history(from: string, without: string | null, most: number): Promise<string[]> {
    const there = await this.existing([from, ...(without ? [without] : [])])
    if (!there.has(from)) return []
    const not = without && there.has(without) ? [`^${without}`] : []
    const { bytes } = await this.git(['rev-list', `--max-count=${most}`, from, ...not, '--'])
    return this.names(bytes)
  }

  /** Those of the names that are commits of this repository, or blobs, and no larger than ours ever are. */
  async existing(names: readonly string[], type = 'commit'): Promise<Set<string>> {
    const asked = [...new Set(names)].filter((name) => this.isName(name))
    if (asked.length === 0) return new Set()
    const { bytes } = await this.git(['cat-file', '--batch-check'], asked.map((name) => `${name}\n`).join(''))
    return new Set(
      bytes
        .toString('utf8')
        .split('\n')
        .flatMap((line) => {
          const [name = '', kind, size] = line.split(' ')
          return kind === type && Number(size) <= LARGEST ? name : []
        }),
    )
  }

  /** The bytes of commits, by name. */
  async commits(names: readonly string[]): Promise<Map<string, Buffer>> {
    return this.objects(names, 'commit')
  }

  /** What a notes ref says of each object that it has a note on: text by object name. */
  async notes(ref: string): Promise<Map<string, string>> {
    const { ok, bytes } = await this.git(['ls-tree', '-r', '-z', ref])
    if (!ok) return new Map()
    const blobs = new Map<string, string>()
    for (const line of bytes.toString('utf8').split('\0')) {
      const [, blob, path = ''] = /^100644 blob (\w+)\t(.+)$/.exec(line) ?? []
      const noted = path.replaceAll('/', '')
      if (blob && this.isName(noted)) blobs.set(noted, blob)
    }
    const texts = await this.objects([...blobs.values()], 'blob')
    return new Map([...blobs].map(([noted, blob]) => [noted, texts.get(blob)?.toString('utf8') ?? '']))
  }

  /** Writes notes, all at once, besides those that there are. Throws a {@link UserError} if somebody else has changed them meanwhile. */
  async writeNotes(ref: string, notes: ReadonlyMap<string, string>, now = new Date()): Promise<void> {
    this.refuseLinks()
    const { ok } = await this.git(['rev-parse', '--verify', '--quiet', ref])
    const message = 'Notes of agentvm: run records'
    const input = [
      `commit ${ref}\ncommitter agentvm <agentvm@localhost> ${Math.floor(now.getTime() / 1000)} +0000\n`,
      `data ${message.length}\n${message}\n${ok ? `from ${ref}^0\n` : ''}`,
      ...[...notes].map(([commit, text]) => `N inline ${commit}\ndata ${Buffer.byteLength(text)}\n${text}\n`),
    ].join('')
    const done = await this.git(['fast-import', '--quiet'], input)
    if (!done.ok) {
      throw new UserError(`the notes of ${this.folder} could not be written: ${done.problem.trim()}`, {
        fix: 'try again',
      })
    }
  }

  /** A link in a repository that an agent had would lead what is written out of it. */
  private refuseLinks(): void {
    const written = [
      'refs',
      'refs/notes',
      'objects',
      ...readdirSync(join(this.common, 'objects')).map((name) => `objects/${name}`),
    ]
    for (const name of written) {
      if (!lstatSync(join(this.common, name), { throwIfNoEntry: false })?.isSymbolicLink()) continue
      throw new UserError(`${join(this.common, name)} is a link: nothing is written through it`, {
        fix: 'write the records into a file: --output FILE',
      })
    }
  }

  private async objects(names: readonly string[], type: string): Promise<Map<string, Buffer>> {
    const found = new Map<string, Buffer>()
    const wanted = await this.existing(names, type)
    if (wanted.size === 0) return found
    const { bytes } = await this.git(['cat-file', '--batch'], [...wanted].map((name) => `${name}\n`).join(''))
    for (let at = 0; at < bytes.length; ) {
      const end = bytes.indexOf(0x0a, at)
      if (end < 0) break
      const [name = '', kind, size] = bytes.toString('latin1', at, end).split(' ')
      at = end + 1
      if (size === undefined) continue
      if (kind === type) found.set(name, bytes.subarray(at, at + Number(size)))
      at += Number(size) + 1
    }
    return found
  }

  private names(bytes: Buffer): string[] {
    return bytes
      .toString('utf8')
      .split('\n')
      .filter((name) => this.isName(name))
  }

  private isName(text: string): boolean {
    return text.length === this.digits && /^[0-9a-f]+$/.test(text)
  }

  private async git(args: string[], input = ''): Promise<GitOutput> {
    const child = spawn('git', [...SAFE, ...args], {
      cwd: this.gitDir,
      env: {
        ...plainEnvironment(),
        GIT_DIR: this.gitDir,
        GIT_NO_REPLACE_OBJECTS: '1',
        GIT_NO_LAZY_FETCH: '1',
      },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    await whenStarted(child).catch((error: Error) => {
      throw (
        systemError(error) ??
        new UserError(`git can't be run: ${(error.cause as Error).message}`, {
          fix: "'agentvm doctor' shows how to install it",
        })
      )
    })
    const closed = once(child, 'close')
    const timer = setTimeout(() => child.kill('SIGKILL'), LONGEST_MS)
    try {
      child.stdin.on('error', () => {})
      child.stdin.end(input)
      const [bytes, problem, [code]] = await Promise.all([buffer(child.stdout), buffer(child.stderr), closed])
      return { ok: code === 0, bytes, problem: problem.toString('utf8') }
    } finally {
      clearTimeout(timer)
    }
  }
}

/** Where a repository lies: what is the worktree's own (HEAD), and what all of its worktrees share. */
interface Places {
  own: string
  common: string
}

/** The repository that a folder lies in, or is, if it is bare. */
function findRepository(folder: string): Places {
  for (let at = folder; ; at = dirname(at)) {
    const git = join(at, '.git')
    const stats = lstatSync(git, { throwIfNoEntry: false })
    if (stats?.isDirectory() && isGitDir(git)) return { own: git, common: git }
    if (stats?.isFile()) {
      const target = /^gitdir: (.+?)\n?$/s.exec(readSmall(git) ?? '')?.[1]
      if (target !== undefined && existsSync(join(resolve(at, target), 'HEAD')))
        return placesOf(resolve(at, target))
    }
    if (isGitDir(at)) return { own: at, common: at }
    if (dirname(at) === at) break
  }
  throw new UserError(`${folder} lies in no git repository`, { fix: 'name one: --repo DIR', exitCode: 2 })
}

function placesOf(own: string): Places {
  const common = readSmall(join(own, 'commondir'))?.trim()
  return { own, common: common === undefined ? own : resolve(own, common) }
}

function isGitDir(path: string): boolean {
  const isFolder = (name: string) =>
    statSync(join(path, name), { throwIfNoEntry: false })?.isDirectory() ?? false
  return readSmall(join(path, 'HEAD')) !== undefined && isFolder('objects') && isFolder('refs')
}

/** The text of a small regular file, undefined if it is none: a FIFO would be waited for. */
function readSmall(path: string): string | undefined {
  const stats = statSync(path, { throwIfNoEntry: false })
  return stats?.isFile() && stats.size <= LARGEST ? readFileSync(path, 'utf8') : undefined
}
