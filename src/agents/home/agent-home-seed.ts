import { lstatSync, readdirSync, readlinkSync, type Stats } from 'node:fs'
import { join } from 'node:path'
import type { ProfileState } from '@agentvm/sdk'
import { errorCode } from '../../system/files.ts'
import { createFile, createLink, makeFoldersTo, readRegularFile } from './agent-home-files.ts'

/** Bounds of what is copied at one start: state is settings, not a data set. */
export const SEED_LIMITS = { fileBytes: 32 * 1024 ** 2, allBytes: 256 * 1024 ** 2, entries: 20_000 }

/** What was copied from the user's home into an agent's. All paths are relative to the homes. */
export interface Seeded {
  /** Entries of the profile's list of which something was copied. */
  copied: string[]
  files: number
  bytes: number
  /** What was left out, and why. */
  leftOut: string[]
  /** Copied files that hold a login which can be renewed. */
  logins: string[]
}

/** A login that its provider renews: once one copy has renewed it, the others may stop working. */
const REFRESH_TOKEN = /["']?refresh_?token["']?\s*[:=]\s*["']?[^\s"',}]/i

/**
 * Copies the state that a profile names from the user's home into an agent's. What is there already stays as it is.
 * Never writes through a symlink that an agent may have planted; links of the user's are copied as links.
 */
export function seedHome(
  userHome: string,
  agentHome: string,
  state: ProfileState,
  limits = SEED_LIMITS,
): Seeded {
  return new Seeding(userHome, agentHome, state, limits).run()
}

class Seeding {
  private readonly seeded: Seeded = { copied: [], files: 0, bytes: 0, leftOut: [], logins: [] }
  private readonly never: RegExp[]
  private entries = 0
  private readonly from: string
  private readonly to: string
  private readonly state: ProfileState
  private readonly limits: typeof SEED_LIMITS

  constructor(from: string, to: string, state: ProfileState, limits: typeof SEED_LIMITS) {
    this.from = from
    this.to = to
    this.state = state
    this.limits = limits
    this.never = state.never.map(globOf)
  }

  run(): Seeded {
    for (const path of this.state.copy) {
      const before = this.entries
      this.copy(path.replace(/\/+$/, ''))
      if (this.entries > before) this.seeded.copied.push(path)
    }
    return this.seeded
  }

  private copy(path: string): void {
    if (this.never.some((pattern) => pattern.test(path))) return
    const stats = statsOf(join(this.from, path))
    const reason = stats && this.copyEntry(path, stats)
    if (reason) this.seeded.leftOut.push(`${path} ${reason}`)
  }

  /** Returns why nothing was copied, in words. */
  private copyEntry(path: string, stats: Stats): string | undefined {
    if (this.entries >= this.limits.entries) return `is beyond ${this.limits.entries} files`
    if (!makeFoldersTo(this.to, stats.isDirectory() ? join(path, 'entry') : path)) {
      return "can't be written: something else stands in its place"
    }
    if (stats.isDirectory()) {
      for (const entry of readdirSync(join(this.from, path)).sort()) this.copy(join(path, entry))
      return undefined
    }
    if (!stats.isSymbolicLink()) return this.copyFile(path)
    if (createLink(join(this.to, path), readlinkSync(join(this.from, path)))) this.entries += 1
    return undefined
  }

  private copyFile(path: string): string | undefined {
    const file = readRegularFile(join(this.from, path), this.limits.fileBytes)
    if (file === undefined || typeof file === 'string') return file
    const { content } = file
    if (this.seeded.bytes + content.length > this.limits.allBytes) {
      return `is beyond ${this.limits.allBytes} bytes in all`
    }
    if (!createFile(join(this.to, path), file)) return undefined
    this.entries += 1
    this.seeded.files += 1
    this.seeded.bytes += content.length
    if (REFRESH_TOKEN.test(content.toString('latin1', 0, 1024 ** 2))) this.seeded.logins.push(path)
    return undefined
  }
}

/** A pattern for a path or anything below it; `*` stands for any part of a name. */
function globOf(pattern: string): RegExp {
  const source = pattern
    .replace(/\/+$/, '')
    .replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '[^/]*')
  return new RegExp(`^${source}(?:/|$)`)
}

function statsOf(path: string): Stats | undefined {
  try {
    return lstatSync(path)
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined
    throw error
  }
}
