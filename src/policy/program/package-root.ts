import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { foldersAbove, isWithin } from './paths.ts'
import { readJson, readText } from './read.ts'
import type { BroadFolders } from './too-broad.ts'

/** Programs that need the folder which they are installed in: their library, `npm` beside `node`. */
const INTERPRETER = /^(node|nodejs|bun|deno|python[\d.]*t?|pypy[\d.]*|ruby[\d.]*|perl[\d.]*)$/

/** What a Homebrew prefix shows: not `var`, and of `etc` only certificates. */
const BREW_FOLDERS = [
  ...['bin', 'sbin', 'Cellar', 'Caskroom', 'Frameworks', 'lib', 'libexec', 'opt', 'share'],
  ...['etc/ca-certificates', 'etc/openssl@3'],
]

/** The files and folders to show for a program whose links are resolved: the first rule that fits, else the file alone. */
export function packageRoots(file: string, broad: BroadFolders): string[] {
  for (const rule of [
    brew,
    interpreterPrefix,
    pnpmStore,
    pnpmProject,
    nodeModules,
    virtualEnvironment,
    ownPackage,
  ]) {
    const roots = rule(file).filter((root) => !broad.has(root))
    if (roots.length > 0) return roots
  }
  return [file]
}

/** The Python virtual environment that a file lies in. */
export function virtualEnvironment(file: string): string[] {
  const found = foldersAbove(file).find((folder) => existsSync(join(folder, 'pyvenv.cfg')))
  return found ? [found] : []
}

/** The `home` of a virtual environment: the folder of the interpreter that it was made with. */
export function homeOfEnvironment(environment: string): string | undefined {
  const text = readText(join(environment, 'pyvenv.cfg'))
  return /^home\s*=\s*(\/.*)$/m.exec(text)?.[1]?.trimEnd()
}

function brew(file: string): string[] {
  const [, prefix] = /^(\/.+?)\/(?:Cellar|Caskroom)\//.exec(file) ?? []
  return prefix ? BREW_FOLDERS.map((name) => join(prefix, name)).filter((path) => existsSync(path)) : []
}

function interpreterPrefix(file: string): string[] {
  const folder = dirname(file)
  return INTERPRETER.test(basename(file)) && basename(folder) === 'bin' ? [dirname(folder)] : []
}

function pnpmStore(file: string): string[] {
  const [, links] = /^(\/.*?\/store\/v\d+\/links)\//.exec(file) ?? []
  return links ? [links] : []
}

function pnpmProject(file: string): string[] {
  const [, folder] = /^(\/.*?)\/\.pnpm\//.exec(file) ?? []
  return folder ? [folder] : []
}

/** The outermost: packages below find each other in it. */
function nodeModules(file: string): string[] {
  const [, folder] = /^(.*?\/node_modules)\//.exec(file) ?? []
  return folder ? [folder] : []
}

/** A package outside any `node_modules` (`npm link`), if it says that the file is its program. */
function ownPackage(file: string): string[] {
  const folder = foldersAbove(file).find((above) => existsSync(join(above, 'package.json')))
  if (!folder) return []
  return programsOf(folder).some((path) => isWithin(path, file)) ? [folder] : []
}

function programsOf(folder: string): string[] {
  const bin = readJson(join(folder, 'package.json'), 'bin')
  const paths: unknown[] = typeof bin === 'object' && bin !== null ? Object.values(bin) : [bin]
  return paths.filter((path) => typeof path === 'string').map((path) => join(folder, path))
}
