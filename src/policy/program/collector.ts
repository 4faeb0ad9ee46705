import { dirname, isAbsolute, join } from 'node:path'
import type { PolicySymlink } from '@agentvm/sdk'
import { followLinks, linkInside } from './links.ts'
import { homeOfEnvironment, packageRoots, virtualEnvironment } from './package-root.ts'
import { executableAt, isWithin } from './paths.ts'
import { readHead } from './read.ts'
import { type Found, findProgram, foldersOf, type NotFound } from './search.ts'
import { parseShebang } from './shebang.ts'
import { isShell, parseShellScript } from './shell-script.ts'
import { BroadFolders } from './too-broad.ts'
import { behindShim } from './version-managers.ts'

/** More programs than that behind one command is a riddle, not a CLI. */
const MOST_PROGRAMS = 64

/** Links that every sandbox shows with the system. */
const SYSTEM_LINKS = '/etc/alternatives'

/** The machine as one resolution sees it. */
export interface Machine {
  searchPath: string
  home: string
  systemRoots: readonly string[]
  forbidden: readonly string[]
  allowed: readonly string[]
}

/** Gathers what programs need: each one's files, links and folders, its interpreter's, and those of what it hands over to. */
export class Collector {
  readonly #machine: Machine
  readonly #folders: string[]
  readonly #broad: BroadFolders
  readonly #seen = new Set<string>()
  readonly #roots = new Set<string>()
  readonly #links = new Map<string, PolicySymlink>()
  readonly #pathDirs = new Map<string, number>()

  constructor(machine: Machine) {
    this.#machine = machine
    this.#folders = foldersOf(machine.searchPath)
    this.#broad = new BroadFolders(machine)
  }

  /** Finds a program by name or path and gathers it. Returns the path to run. */
  addCommand(command: string): { path: string } | NotFound {
    const found = findProgram(command, this.#folders)
    if ('missing' in found) return found
    const path = this.#lookBehind(found.path)
    const real = followLinks(path)?.real
    if (real === undefined || this.#broad.forbids(real)) return { missing: 'not-found', looked: [found.path] }
    this.#addFound({ path, rank: found.rank })
    return { path }
  }

  /** Files and folders to show, none within another. */
  get readOnly(): string[] {
    const roots = [...this.#roots]
    return roots.filter((root) => !roots.some((other) => other !== root && isWithin(other, root))).sort()
  }

  /** Links to make, without those that the shown folders hold. */
  get symlinks(): PolicySymlink[] {
    const shown = [...this.#roots, ...this.#machine.systemRoots, SYSTEM_LINKS]
    return [...this.#links.values()].filter(({ path }) => !shown.some((root) => isWithin(root, path)))
  }

  /** Folders for PATH in the host's order, so that a name means inside what it means outside. */
  get pathDirs(): string[] {
    return [...this.#pathDirs].sort(([, a], [, b]) => a - b).map(([folder]) => folder)
  }

  #lookBehind(path: string): string {
    return behindShim(path, this.#machine.home)?.program ?? path
  }

  #addFound({ path, rank }: Found): void {
    const folder = dirname(path)
    if (!this.#pathDirs.has(folder)) this.#pathDirs.set(folder, rank)
    this.#addFile(path)
  }

  /** A program that another one looks up: beside itself if a version manager would put it there, else on the PATH. */
  #addName(name: string, user: string): void {
    const beside = join(dirname(user), name)
    const found = findProgram(name, this.#folders)
    const isManaged = !('missing' in found) && behindShim(found.path, this.#machine.home) !== undefined
    if (isManaged && executableAt(beside) === 'executable') this.#addFile(beside)
    else if (!('missing' in found)) this.#addFound({ ...found, path: this.#lookBehind(found.path) })
  }

  #addFile(path: string): void {
    if (this.#seen.has(path) || this.#seen.size >= MOST_PROGRAMS) return
    this.#seen.add(path)
    const followed = followLinks(path)
    if (!followed || this.#broad.forbids(followed.real)) return
    for (const hop of followed.hops) {
      const link = linkInside(hop)
      if (!this.#broad.forbids(link.path)) this.#links.set(link.path, link)
      this.#addEnvironment(hop.path)
    }
    this.#addEnvironment(followed.real)
    if (!this.#isSystem(followed.real)) this.#addRoots(path, followed.real)
    this.#addReferences(path, followed.real)
  }

  #addRoots(path: string, real: string): void {
    const shim = behindShim(path, this.#machine.home)
    if (shim && !this.#broad.has(shim.root)) this.#roots.add(shim.root)
    for (const root of packageRoots(real, this.#broad)) this.#roots.add(root)
  }

  #addEnvironment(file: string): void {
    if (this.#isSystem(file)) return
    for (const environment of virtualEnvironment(file)) {
      if (this.#seen.has(environment) || this.#broad.has(environment)) continue
      this.#seen.add(environment)
      this.#roots.add(environment)
      const home = homeOfEnvironment(environment)
      for (const name of home ? ['python3', 'python'] : []) this.#addFile(join(home ?? '', name))
    }
  }

  /** The interpreter of a script, and what a shell script hands over to. */
  #addReferences(path: string, real: string): void {
    const head = readHead(real)
    const shebang = parseShebang(head)
    if (!shebang) return
    this.#addFile(shebang.path)
    if (shebang.name) this.#addName(shebang.name, path)
    if (!isShell(shebang.name ?? shebang.path)) return
    const { paths, names } = parseShellScript(head)
    for (const name of names) this.#addName(name, path)
    for (const target of paths) {
      const places = isAbsolute(target)
        ? [target]
        : [join(dirname(path), target), join(dirname(real), target)]
      for (const place of new Set(places)) this.#addFile(place)
    }
  }

  #isSystem(path: string): boolean {
    return this.#machine.systemRoots.some((root) => isWithin(root, path))
  }
}
