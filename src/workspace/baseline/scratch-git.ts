import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { ExecResult } from '../../system/exec.ts'
import { whenStarted } from '../../system/when-started.ts'
import { plainEnvironment, plainGit } from '../git.ts'
import type { BytePath } from './byte-path.ts'
import type { Change, Side } from './compare.ts'
import { isBinary } from './read-entry.ts'
import { kindOf, reportedMode } from './tree-entry.ts'

/** Most bytes of changed files that are compared line by line in one diff. */
const MOST_COMPARED = 512 * 1024 * 1024

/**
 * A git repository of ours for one diff. Git gets the contents to compare from us, under numbers instead of names, and
 * doesn't look at a folder, a name, an attribute or a configuration that an agent has written.
 */
export class ScratchGit {
  private readonly folder: string
  private readonly env: Record<string, string>

  /** `folder` must be there, private, and removed by the caller. */
  constructor(folder: string) {
    this.folder = folder
    this.env = { GIT_DIR: join(folder, 'git') }
  }

  /** Takes both sides of all changes in, each under its index. Throws a {@link UserError} if there is no git. */
  async take(changes: readonly Change[]): Promise<void> {
    await this.run(INIT)
    const child = await this.start(['-c', 'fastimport.unpackLimit=1', 'fast-import', '--quiet'], 'pipe')
    let failure = ''
    child.stderr.on('data', (text) => {
      failure += text
    })
    child.stdin.on('error', () => {})
    const closed = once(child, 'close')
    let budget = MOST_COMPARED
    const write = async (bytes: Buffer | string) => {
      if (!child.stdin.write(bytes)) await Promise.race([once(child.stdin, 'drain'), closed])
    }
    for (const side of ['before', 'after'] as const) {
      await write(`commit refs/heads/${side}\ncommitter a <a> 0 +0000\ndata 0\n`)
      for (const [index, change] of changes.entries()) {
        const it = change[side]
        if (!it) continue
        const content = contentOf(it, budget)
        budget -= content.length
        // Written from a buffer that the next read overwrites.
        await write(
          Buffer.concat([
            Buffer.from(`M ${gitMode(it)} inline ${nameOf(index)}\ndata ${content.length}\n`),
            content,
            LF,
          ]),
        )
      }
    }
    child.stdin.end()
    const [code] = await closed
    if (code !== 0) throw new Error(`git fast-import failed: ${failure.trim()}`)
  }

  /**
   * What the ignore files below a folder leave out: files, and folders with a slash at the end. Git reads there names
   * and `.gitignore` files, nothing else: repository and configuration, and so all that it could execute, are ours.
   */
  async ignoredIn(folder: string): Promise<BytePath[]> {
    await this.run(INIT)
    const list = ['ls-files', '-z', '--others', '--ignored', '--exclude-standard', '--directory']
    const child = await this.start(list, 'ignore', { GIT_WORK_TREE: folder }, folder)
    const timer = setTimeout(() => child.kill('SIGKILL'), LONGEST_MS)
    const [output, [code]] = await Promise.all([buffer(child.stdout), once(child, 'close')])
    clearTimeout(timer)
    if (code !== 0) throw new Error('git ls-files failed')
    return output
      .toString('latin1')
      .split('\0')
      .filter((path) => path !== '')
  }

  /** What git says of the two sides: raw lines and counts, each ended by NUL. */
  async summary(): Promise<string> {
    return (await this.run(['diff-tree', '-r', '-z', '--raw', '--numstat', ...SIDES])).stdout
  }

  /** The differences line by line. Ends early if the reader does. */
  async patch(): Promise<Readable> {
    const child = await this.start(
      ['diff-tree', '-r', '-p', '--no-ext-diff', '--no-textconv', '--no-color', ...SIDES],
      'ignore',
    )
    return child.stdout
  }

  private run(args: string[]): Promise<ExecResult> {
    return plainGit(args, { env: this.env, cwd: this.folder })
  }

  private async start(
    args: string[],
    stdin: 'pipe' | 'ignore',
    env: Record<string, string> = {},
    cwd = this.folder,
  ) {
    const child = spawn('git', args, {
      env: { ...plainEnvironment(), ...this.env, ...env },
      cwd,
      stdio: [stdin, 'pipe', 'pipe'],
    })
    await whenStarted(child)
    return child as typeof child & {
      stdin: NonNullable<typeof child.stdin>
      stdout: Readable
      stderr: Readable
    }
  }
}

const SIDES = ['-M', '-l2000', 'refs/heads/before', 'refs/heads/after']
const INIT = ['init', '-q', '--bare', '--template=', '--initial-branch=none']
/** Milliseconds that a look at ignore files may take: a FIFO in the place of one would hold git for ever. */
const LONGEST_MS = 5_000
const LF = Buffer.from('\n')

/** What can't be compared line by line goes in as a binary content that stands for it: equal ones are found to be. */
function contentOf(side: Side, budget: number): Buffer {
  const kind = kindOf(side.mode)
  if (kind === 'file' || kind === 'symlink') {
    const bytes = side.read()
    if (bytes && bytes.length <= budget && (kind === 'symlink' || !isBinary(bytes))) return bytes
  }
  return Buffer.from(`\0${kind} ${side.hash ?? `${side.size} ${Math.random()}`}`)
}

/** The name that a file has for git: all of the same length, so that git's order is ours. */
export function nameOf(index: number): string {
  return String(index).padStart(8, '0')
}

function gitMode({ mode }: Side): string {
  const kind = kindOf(mode)
  if (kind === 'symlink') return '120000'
  return kind === 'file' && reportedMode(mode) & 0o100 ? '100755' : '100644'
}
