import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type ResolvedProgram, type ResolveOptions, resolveProgram } from '../../src/policy/program.ts'

/** A real folder that holds a made-up user's home and programs. */
export class Tree {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), 'program-')))
  readonly home = this.folder('home/me')

  path(name: string): string {
    return join(this.root, name)
  }

  folder(name: string): string {
    mkdirSync(this.path(name), { recursive: true })
    return this.path(name)
  }

  file(name: string, text = ''): string {
    this.folder(dirname(name))
    writeFileSync(this.path(name), text)
    return this.path(name)
  }

  executable(name: string, text = '\x7fELF'): string {
    const path = this.file(name, text)
    chmodSync(path, 0o755)
    return path
  }

  link(name: string, target: string): string {
    this.folder(dirname(name))
    symlinkSync(target, this.path(name))
    return this.path(name)
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true })
  }

  /** Resolves with the given folders of the tree as PATH. */
  resolve(command: string, folders: string[], more: Partial<ResolveOptions> = {}) {
    return resolveProgram(command, {
      searchPath: [...folders.map((name) => this.path(name)), '/usr/bin', '/bin'].join(':'),
      home: this.home,
      systemRoots: ['/usr', '/bin', '/sbin', '/lib', '/lib64'],
      ...more,
    })
  }

  /** The same, for a program that must be there; paths are given without the tree's root. */
  found(command: string, folders: string[], more: Partial<ResolveOptions> = {}): ResolvedProgram {
    const result = this.resolve(command, folders, more)
    if ('missing' in result) throw new Error(`${command} is ${result.missing} in ${result.looked.join(', ')}`)
    const short = (path: string) => path.replace(`${this.root}/`, '')
    return {
      path: short(result.path),
      readOnly: result.readOnly.map(short),
      symlinks: result.symlinks.map(({ path, target }) => ({ path: short(path), target: short(target) })),
      pathDirs: result.pathDirs.map(short),
    }
  }
}
