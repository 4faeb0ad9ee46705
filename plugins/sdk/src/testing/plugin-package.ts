import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** One hook of a plugin, as its `package.json` names it. */
export interface DeclaredHook {
  /** The hook's name, whether there is one of that name or not. */
  name: string
  /** The module's path within the package. */
  path: string
}

interface PluginJson {
  name?: unknown
  version?: unknown
  license?: unknown
  description?: unknown
  agentvm?: Record<string, unknown>
  oclif?: { hooks?: Record<string, string | string[]>; commands?: unknown }
  scripts?: Record<string, string>
  dependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
}

/** The folder of a plugin's package, and what would be published of it. */
export class PluginPackage {
  /** Absolute path, without a slash at its end. */
  readonly folder: string
  readonly json: PluginJson
  private packed: string[] | undefined

  /** Throws an `Error` if there is no `package.json` that can be read. */
  constructor(folder: string | URL, packed?: string[]) {
    const path = folder instanceof URL ? fileURLToPath(folder) : folder
    this.folder = path.replace(/(.)\/+$/, '$1')
    this.json = JSON.parse(readFileSync(join(this.folder, 'package.json'), 'utf8'))
    this.packed = packed
  }

  /** Its hooks, in the order of the `package.json`. */
  hooks(): DeclaredHook[] {
    return Object.entries(this.json.oclif?.hooks ?? {}).flatMap(([name, paths]) =>
      [paths].flat().map((path) => ({ name, path })),
    )
  }

  /** The paths in the tarball that npm would publish, without running the package's scripts. */
  published(): string[] {
    this.packed ??= this.pack()
    return this.packed
  }

  /** Names of the packages that the published modules import, without Node's own. */
  imports(): string[] {
    const modules = this.published().filter((path) => /\.[cm]?js$/.test(path))
    const names = modules.flatMap((path) => importsOf(readFileSync(join(this.folder, path), 'utf8')))
    return [...new Set(names)]
  }

  private pack(): string[] {
    const printed = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      ...{ cwd: this.folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
      env: { ...process.env, npm_config_update_notifier: 'false' },
    })
    const [tarball] = Object.values(JSON.parse(printed) as { files: { path: string }[] }[])
    return tarball?.files.map(({ path }) => path) ?? []
  }
}

function importsOf(source: string): string[] {
  const found = source.matchAll(/^(?:import\s*|(?:import|export)\s[^'";=()]*?\sfrom\s*)['"]([^'"\n]+)['"]/gm)
  return [...found]
    .map(([, specifier = '']) => specifier)
    .filter((specifier) => !/^(?:[./#]|node:)/.test(specifier))
    .map((specifier) => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/'))
}
