import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { makePrivateDir, writeFileAtomic } from '../../system/files.ts'
import { bootId } from '../../system/processes.ts'
import type { Context } from '../context.ts'

/** How many good outcomes are remembered. */
const MOST_KNOWN = 100

/**
 * Remembers in a file of the home's cache what was tried and came out well, until the machine boots: a digest of what
 * the outcome depends on, the user among it. What failed is tried again each time.
 */
export class KnownGood {
  private readonly file: string
  private readonly home: Context['home']

  constructor({ home }: Pick<Context, 'home'>, file: string) {
    this.home = home
    this.file = join(home.cache, file)
  }

  /** Whether it is known that this came out well. */
  has(facts: unknown): boolean {
    return this.read().includes(digestOf(facts))
  }

  /** Whether anything ever came out well, also before the machine booted. */
  any(): boolean {
    return this.read().length > 0
  }

  /** Remembers that this came out well. */
  add(facts: unknown): void {
    makePrivateDir(this.home.cache)
    writeFileAtomic(this.file, JSON.stringify([...this.read(), digestOf(facts)].slice(-MOST_KNOWN)))
  }

  private read(): string[] {
    try {
      const known: unknown = JSON.parse(readFileSync(this.file, 'utf8'))
      return Array.isArray(known) ? known.filter((key) => typeof key === 'string') : []
    } catch {
      return []
    }
  }
}

function digestOf(facts: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify([bootId(), process.getuid?.(), facts]))
    .digest('hex')
    .slice(0, 32)
}
