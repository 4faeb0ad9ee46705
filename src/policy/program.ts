import type { PolicySymlink } from '@agentvm/sdk'
import { Collector } from './program/collector.ts'
import type { NotFound } from './program/search.ts'

/** What an agent must see, beyond the system's own folders, for a program to run. */
export interface ResolvedProgram {
  /** Path to run inside, the same as on the host. */
  path: string
  /** Host files and folders to show read-only at the same path: absolute, real, none within another, none of the system's. */
  readOnly: string[]
  /** Links to make inside. */
  symlinks: PolicySymlink[]
  /** Folders for PATH, in the host's order. */
  pathDirs: string[]
}

/** The machine that a program is looked for on. */
export interface ResolveOptions {
  /** The host's PATH. */
  searchPath: string
  /** The user's home, never shown as a whole. */
  home: string
  /** Folders that the agent sees anyway, such as `/usr`. */
  systemRoots: readonly string[]
  /** Folders of which nothing is ever shown, such as agentvm's own. */
  forbidden?: readonly string[]
  /** Folders within those that may be shown all the same. */
  allowed?: readonly string[]
  /** Other programs that should be found inside. A missing one is left out. */
  tools?: readonly string[]
}

/**
 * Finds a program and all that it needs: the links on the way, its package, its interpreter, and the program that a
 * wrapper script or a version manager's stand-in leads to. Reads the file system, changes nothing.
 */
export function resolveProgram(command: string, options: ResolveOptions): ResolvedProgram | NotFound {
  const collector = new Collector({ forbidden: [], allowed: [], ...options })
  const found = collector.addCommand(command)
  if ('missing' in found) return found
  for (const tool of options.tools ?? []) collector.addCommand(tool)
  const { readOnly, symlinks, pathDirs } = collector
  return { path: found.path, readOnly, symlinks, pathDirs }
}
