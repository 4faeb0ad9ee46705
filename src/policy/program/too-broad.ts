import { basename } from 'node:path'
import { bothForms, isWithin } from './paths.ts'

/** Folders whose every child is a place of its own: someone's home, a disk, the state of services. */
const PARENTS_OF_PLACES = ['/home', '/Users', '/var', '/private', '/run', '/run/user', '/mnt', '/media']

/** Folders of a home that many programs share, some with secrets. */
const SHARED_IN_HOME = [
  ...['.local', '.local/bin', '.local/lib', '.local/share', '.local/state', '.config', '.cache', 'bin'],
  ...['Library', 'Library/Application Support', 'Desktop', 'Documents', 'Downloads'],
]

/** Says which folders are too much to show an agent for the sake of one program. */
export class BroadFolders {
  readonly #inside: string[]
  readonly #exact: Set<string>
  readonly #forbidden: string[]
  readonly #allowed: string[]

  constructor(places: {
    home: string
    systemRoots: readonly string[]
    forbidden: readonly string[]
    allowed?: readonly string[]
  }) {
    const homes = bothForms(places.home)
    this.#forbidden = places.forbidden.flatMap(bothForms)
    this.#allowed = (places.allowed ?? []).flatMap(bothForms)
    this.#inside = [...homes, ...places.systemRoots, ...this.#forbidden]
    this.#exact = new Set(homes.flatMap((home) => SHARED_IN_HOME.map((name) => `${home}/${name}`)))
  }

  /** Whether a folder must not be shown whole: `/`, the home and all above it, `/tmp`, `/opt` and the like. */
  has(folder: string): boolean {
    if (this.forbids(folder) || this.#exact.has(folder)) return true
    if (this.#inside.some((place) => isWithin(folder, place))) return true
    if (basename(folder) === 'node_modules') return false
    const parent = folder.slice(0, folder.lastIndexOf('/'))
    return parent === '' || PARENTS_OF_PLACES.includes(parent)
  }

  /** Whether a path lies where nothing may ever be shown. */
  forbids(path: string): boolean {
    const lies = (place: string) => isWithin(place, path)
    return this.#forbidden.some(lies) && !this.#allowed.some(lies)
  }
}
