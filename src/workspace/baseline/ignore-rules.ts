import type { BytePath } from './byte-path.ts'

/** What the ignore rules of a git repository leave out, as git lists it: files, and folders with a slash at the end. */
export class IgnoreRules {
  private readonly files = new Set<BytePath>()
  private readonly folders = new Set<BytePath>()

  constructor(listed: readonly BytePath[] = []) {
    for (const path of listed) {
      if (path.endsWith('/')) this.folders.add(path.slice(0, -1))
      else this.files.add(path)
    }
  }

  /** Files and folders that are left out, a folder counting as one. */
  get count(): number {
    return this.files.size + this.folders.size
  }

  /** Whether a path is left out. */
  has(path: BytePath): boolean {
    return this.files.has(path) || this.inFolder(path)
  }

  /** Whether a path is, or lies in, a folder that is left out as a whole. */
  inFolder(path: BytePath): boolean {
    if (this.folders.size === 0) return false
    if (this.folders.has(path)) return true
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      if (this.folders.has(path.slice(0, end))) return true
    }
    return false
  }
}
