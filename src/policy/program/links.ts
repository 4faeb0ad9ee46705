import { lstatSync, readlinkSync } from 'node:fs'
import type { PolicySymlink } from '@agentvm/sdk'

/** As many as Linux follows. */
const MOST_HOPS = 40

/** One symlink on the way to a file. */
export interface LinkHop {
  /** The link's own place; no folder in it is a link. */
  path: string
  /** As `readlink` gives it. */
  text: string
  /** What came after the link in the path that was followed. */
  rest: string[]
}

/** A path followed to its end. */
export interface FollowedPath {
  real: string
  hops: LinkHop[]
}

/** Follows a path part by part and notes each symlink; undefined if it ends nowhere, or in a loop. */
export function followLinks(path: string): FollowedPath | undefined {
  const hops: LinkHop[] = []
  const rest = partsOf(path)
  let at = ''
  for (let part = rest.shift(); part !== undefined; part = rest.shift()) {
    if (part === '..') {
      at = at.slice(0, Math.max(0, at.lastIndexOf('/')))
      continue
    }
    const next = `${at}/${part}`
    const link = readLink(next)
    if (link === 'nothing' || hops.length > MOST_HOPS) return undefined
    if (link === undefined) {
      at = next
      continue
    }
    hops.push({ path: next, text: link.text, rest: [...rest] })
    rest.unshift(...partsOf(link.text))
    if (link.text.startsWith('/')) at = ''
  }
  return { real: at || '/', hops }
}

/**
 * The link to make inside. A link directly below `/`, such as `/home` to `/var/home`, can't be made there, since the
 * agent's own folders need that place: the part after it is linked instead (`/home/me` to `/var/home/me`).
 */
export function linkInside({ path, text, rest }: LinkHop): PolicySymlink {
  const [next] = rest
  if (path.lastIndexOf('/') > 0 || next === undefined || next === '..') return { path, target: text }
  const target = text.startsWith('/') ? text : `/${text}`
  return { path: `${path}/${next}`, target: `${target.replace(/\/+$/, '')}/${next}` }
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.')
}

function readLink(path: string): { text: string } | 'nothing' | undefined {
  try {
    const stats = lstatSync(path, { throwIfNoEntry: false })
    if (!stats) return 'nothing'
    return stats.isSymbolicLink() ? { text: readlinkSync(path) } : undefined
  } catch {
    return 'nothing'
  }
}
