import type { BytePath } from '../../workspace/baseline/byte-path.ts'
import type { Change } from '../../workspace/baseline/compare.ts'
import type { ContentSource } from '../../workspace/baseline/content-store.ts'
import type { Baseline, BaselineEntry } from '../../workspace/baseline/manifest.ts'
import type { Context } from '../context.ts'
import { inSandbox, QUIET_GIT } from './git-look.ts'

/** Largest content that is fetched, and most bytes and contents that are fetched at once. */
const LARGEST = 4 * 1024 * 1024
const MOST_BYTES = 32 * 1024 * 1024
const MOST_AT_ONCE = 500

/** Prints the last commit before `$2`, and its files. */
const TREE = `${QUIET_GIT}
cd "$1"
base=$(git rev-list -n 1 --before="$2" HEAD)
printf '%s\\0' "$base" >"$HOME/tree"
if [ -n "$base" ]; then git ls-tree -r -z -l --full-tree "$base" >>"$HOME/tree"; fi
base64 <"$HOME/tree"`

/** Prints the objects `$2…`, each after a line with its name, type and size. */
const CONTENTS = `${QUIET_GIT}
cd "$1"
shift
printf '%s\\n' "$@" | git cat-file --batch >"$HOME/contents"
base64 <"$HOME/contents"`

/** The last commit before a time in the place of a baseline that wasn't kept; undefined if the repository can't tell. */
export async function gitBase(
  context: Context,
  workspace: string,
  since: string,
): Promise<{ baseline: Baseline; contents: GitContents } | undefined> {
  const output = await inSandbox(context, workspace, TREE, [since])
  if ('problem' in output) return undefined
  const [tip = '', ...lines] = output.bytes.toString('latin1').split('\0')
  if (tip.length !== 40 && tip !== '') return undefined
  const entries = lines.flatMap((line) => parseEntry(line) ?? [])
  const git = { tips: tip === '' ? [] : [tip] }
  const baseline = { takenAt: since, finishedMs: 0, git, chunks: [], entries }
  return { baseline, contents: new GitContents(context, workspace) }
}

/** Contents from an agent's repository, fetched in a sandbox. */
class GitContents implements ContentSource {
  private readonly context: Context
  private readonly workspace: string
  private readonly byHash = new Map<string, Buffer>()

  constructor(context: Context, workspace: string) {
    this.context = context
    this.workspace = workspace
  }

  read({ hash = '' }: { hash: string | undefined }): Buffer | undefined {
    return this.byHash.get(hash)
  }

  /** Gets what the changed files held before. What is too much isn't fetched. */
  async fetch(changes: readonly Change[]): Promise<void> {
    let hashes: string[] = []
    let bytes = 0
    for (const { before } of changes) {
      if (!before?.hash || before.size === null || before.size > LARGEST) continue
      if (hashes.length >= MOST_AT_ONCE || bytes + before.size > MOST_BYTES) {
        await this.fetchSome(hashes)
        hashes = []
        bytes = 0
      }
      hashes.push(before.hash)
      bytes += before.size
    }
    if (hashes.length > 0) await this.fetchSome(hashes)
  }

  private async fetchSome(hashes: readonly string[]): Promise<void> {
    const output = await inSandbox(this.context, this.workspace, CONTENTS, hashes)
    if ('problem' in output) return
    const { bytes } = output
    for (let at = 0; at < bytes.length; ) {
      const end = bytes.indexOf(0x0a, at)
      if (end < 0) return
      const [hash = '', type, size = '0'] = bytes.toString('latin1', at, end).split(' ')
      at = end + 1
      if (type !== 'blob') continue
      this.byHash.set(hash, bytes.subarray(at, at + Number(size)))
      at += Number(size) + 1
    }
  }
}

/** `<mode> <type> <hash> <size>TAB<path>`. Submodules have no content. */
function parseEntry(line: string): BaselineEntry | undefined {
  const [, mode = '', hash, size = '', path = ''] =
    /^(\d{6}) blob ([0-9a-f]{40}) +(\d+)\t(.+)$/s.exec(line) ?? []
  if (path === '') return undefined
  const stats = { mode: Number.parseInt(mode, 8), size: Number(size), mtimeMs: 0, ctimeMs: 0, ino: 0 }
  return { path: path as BytePath, ...stats, hash, place: undefined, isIgnored: false }
}
