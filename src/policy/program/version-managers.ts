import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { followLinks } from './links.ts'
import { executableAt } from './paths.ts'

/** A stand-in that a version manager puts on the PATH. */
export interface Shim {
  /** The version manager's own folder. */
  root: string
  /** The program that it stands for, if that can be told. */
  program: string | undefined
}

/**
 * Looks behind the stand-ins of Volta, asdf, mise, pyenv, nodenv and their like. They ask the version manager, and that
 * one looks in the user's home, which an agent doesn't have: so the agent gets the program itself. Undefined for others.
 */
export function behindShim(path: string, home: string): Shim | undefined {
  const folder = dirname(path)
  const root = dirname(folder)
  const command = basename(path)
  if (basename(followLinks(path)?.real ?? '') === 'volta-shim') {
    return { root, program: firstExecutable(voltaPlaces(root, command)) }
  }
  if (basename(folder) !== 'shims') return undefined
  if (existsSync(join(root, 'versions'))) {
    return { root, program: firstExecutable(versionsPlaces(root, command)) }
  }
  if (existsSync(join(root, 'installs'))) {
    return { root, program: firstExecutable(installsPlaces(root, path, home)) }
  }
  return undefined
}

function voltaPlaces(root: string, command: string): string[] {
  const bin = readJson(join(root, 'tools/user/bins', `${command}.json`))
  const platform = readJson(join(root, 'tools/user/platform.json'))
  const images = join(root, 'tools/image')
  const node = textAt(platform, 'node', 'runtime')
  return [
    ...(typeof bin['package'] === 'string' ? [join(images, 'packages', bin['package'], 'bin', command)] : []),
    ...(node ? [join(images, 'node', node, 'bin', command)] : []),
    ...['npm', 'pnpm', 'yarn'].flatMap((tool) => {
      const version = tool === 'npm' ? textAt(platform, 'node', 'npm') : textAt(platform, tool)
      return version ? [join(images, tool, version, 'bin', command)] : []
    }),
  ]
}

/** pyenv, nodenv, rbenv: `versions/V/bin`, the chosen ones named in the file `version`. */
function versionsPlaces(root: string, command: string): string[] {
  const chosen = readText(join(root, 'version')).split(/\s+/).filter(isName)
  return [...chosen, ...newestFirst(join(root, 'versions'))].map((version) =>
    join(root, 'versions', version, 'bin', command),
  )
}

/** asdf and mise: `installs/TOOL/V`. The shim's comments or the user's own file name the versions, else the newest. */
function installsPlaces(root: string, shim: string, home: string): string[] {
  const command = basename(shim)
  const chosen = [
    ...toolVersions(readText(join(home, '.tool-versions'))),
    ...miseVersions(readText(join(home, '.config/mise/config.toml'))),
    ...toolVersions(readText(shim).replace(/^# asdf-plugin: /gm, '')),
  ]
  const installs = join(root, 'installs')
  return listed(installs).flatMap((tool) => {
    const wanted = chosen.filter((choice) => choice.tool === tool).map((choice) => choice.version)
    return [...wanted, ...newestFirst(join(installs, tool))].flatMap((version) =>
      ['bin', '.npm/bin', '.'].map((folder) => join(installs, tool, version, folder, command)),
    )
  })
}

function toolVersions(text: string): { tool: string; version: string }[] {
  return [...text.matchAll(/^([\w.-]+)((?:[ \t]+[\w.+-]+)+)[ \t]*$/gm)].flatMap(
    ([, tool = '', versions = '']) =>
      versions
        .trim()
        .split(/\s+/)
        .map((version) => ({ tool, version })),
  )
}

function miseVersions(text: string): { tool: string; version: string }[] {
  return [...text.matchAll(/^"?([\w@:./-]+)"?\s*=\s*"([\w.+-]+)"/gm)].map(([, tool = '', version = '']) => ({
    tool: tool.replace(/[@:/]+/g, '-'),
    version,
  }))
}

function firstExecutable(paths: string[]): string | undefined {
  return paths.find((path) => executableAt(path) === 'executable')
}

function newestFirst(folder: string): string[] {
  return listed(folder).sort((a, b) => compareVersions(b, a))
}

function compareVersions(a: string, b: string): number {
  const numbers = (text: string) =>
    (/^v?[\d.]+/.exec(text)?.[0] ?? '0').replace('v', '').split('.').map(Number)
  const [left, right] = [numbers(a), numbers(b)]
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

function isName(text: string): boolean {
  return text !== '' && text !== '..' && !text.includes('/')
}

function listed(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => !name.startsWith('.'))
  } catch {
    return []
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function readJson(path: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(readText(path))
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}

function textAt(value: Record<string, unknown>, ...keys: string[]): string | undefined {
  let at: unknown = value
  for (const key of keys) at = typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined
  return typeof at === 'string' ? at : undefined
}
