/** The paths of a profile, each under a name by which its text speaks of them: no path is ever pasted into the text. */
export class Parameters {
  /** For `sandbox-exec -D NAME=VALUE`, in order. */
  readonly list: [name: string, path: string][] = []

  /** Filters for paths and all that lies below them. */
  subpaths(prefix: string, paths: readonly string[]): string[] {
    return this.filters('subpath', prefix, paths)
  }

  /** Filters for the paths alone. */
  literals(prefix: string, paths: readonly string[]): string[] {
    return this.filters('literal', prefix, paths)
  }

  private filters(kind: string, prefix: string, paths: readonly string[]): string[] {
    return paths.map((path, index) => {
      const name = `${prefix}_${index}`
      this.list.push([name, path])
      return `(${kind} (param "${name}"))`
    })
  }
}
