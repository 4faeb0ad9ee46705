import type { BytePath } from './byte-path.ts'
import { IgnoreRules } from './ignore-rules.ts'
import type { BaselineEntry } from './manifest.ts'

/** Which paths a comparison is about. */
export interface ScopeOptions {
  /** What git leaves out now. */
  ignored?: IgnoreRules
  /** Also what git leaves out, now or when the baseline was taken. */
  includeIgnored?: boolean
  /** Paths, folders with a slash at the end, that are looked at even if they are ignored. */
  always?: (path: BytePath) => boolean
  /** Paths that aren't part of the work. */
  skip?: (path: BytePath) => boolean
}

/** The paths that a comparison is about: as git does, what is ignored now is left out, unless it was known before. */
export class Scope {
  private readonly ignored: IgnoreRules
  private readonly includeIgnored: boolean
  private readonly always: (path: BytePath) => boolean
  private readonly skip: (path: BytePath) => boolean
  private readonly known: ReadonlyMap<BytePath, BaselineEntry>
  /** Folders that are ignored now, but hold files that weren't when the baseline was taken. */
  private readonly holders = new Set<BytePath>()

  constructor(known: ReadonlyMap<BytePath, BaselineEntry>, options: ScopeOptions) {
    this.known = known
    this.ignored = options.ignored ?? new IgnoreRules()
    this.includeIgnored = options.includeIgnored ?? false
    this.always = options.always ?? (() => false)
    this.skip = options.skip ?? (() => false)
    for (const { path, isIgnored } of known.values()) {
      if (isIgnored || !this.ignored.inFolder(path)) continue
      for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
        this.holders.add(path.slice(0, end))
      }
    }
  }

  /** Whether to leave out a folder with all below it, or another entry. */
  readonly leavesOut = (path: BytePath, isFolder: boolean): boolean => {
    if (this.skip(path)) return true
    if (this.includeIgnored) return false
    if (isFolder) {
      return this.ignored.inFolder(path) && !this.holders.has(path) && !this.always(`${path}/`)
    }
    const was = this.known.get(path)
    if (was?.isIgnored === false || this.always(path)) return false
    return was?.isIgnored === true || this.ignored.has(path)
  }
}
