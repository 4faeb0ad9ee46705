/** A version of a tool that the user has chosen. */
export interface ToolVersion {
  tool: string
  version: string
}

/** Lines such as `nodejs 22.1.0 20.9.0`: asdf's `.tool-versions`. */
export function parseToolVersions(text: string): ToolVersion[] {
  return [...text.matchAll(/^([\w.-]+)((?:[ \t]+[\w.+-]+)+)[ \t]*(?:#.*)?$/gm)].flatMap(
    ([, tool = '', versions = '']) =>
      versions
        .trim()
        .split(/\s+/)
        .map((version) => ({ tool, version })),
  )
}

/** The comments of asdf's shims: `# asdf-plugin: nodejs 22.1.0`. */
export function parseAsdfShim(text: string): ToolVersion[] {
  return [...text.matchAll(/^# asdf-plugin: (\S+) (\S+)$/gm)].map(([, tool = '', version = '']) => ({
    tool,
    version,
  }))
}

/** Lines such as `node = "22"` of mise's `config.toml`. */
export function parseMiseConfig(text: string): ToolVersion[] {
  return [...text.matchAll(/^"?([\w@:./-]+)"?\s*=\s*"([\w.+-]+)"/gm)].map(([, tool = '', version = '']) => ({
    tool: tool.replace(/[@:/]+/g, '-'),
    version,
  }))
}

/** Sorts versions, the newest first; names without a number last. */
export function newestFirst(versions: readonly string[]): string[] {
  return [...versions].sort((a, b) => compare(numbersOf(b), numbersOf(a)))
}

function numbersOf(version: string): number[] {
  const [, digits] = /^v?(\d+(?:\.\d+)*)/.exec(version) ?? []
  return (digits ?? '-1').split('.').map(Number)
}

function compare(a: number[], b: number[]): number {
  const at = Array.from({ length: Math.max(a.length, b.length) }, (_, index) => index).find(
    (index) => (a[index] ?? 0) !== (b[index] ?? 0),
  )
  return at === undefined ? 0 : (a[at] ?? 0) - (b[at] ?? 0)
}
