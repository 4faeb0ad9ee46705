import { readdirSync, readFileSync, realpathSync } from 'node:fs'
import { dirname } from 'node:path'
import type { PresetMachine } from '../../network/presets/machine.ts'
import { resolveProgram } from '../../policy/program.ts'
import type { Context } from '../context.ts'

/** This machine, for the presets. */
export function presetMachine(context: Context): PresetMachine {
  const home = context.caller.HOME ?? '/'
  return {
    env: context.caller,
    home,
    programFolders: (name) => programFolders(name, context.caller.PATH ?? '', home),
    read: (path) => quietly(() => readFileSync(path, 'utf8')),
    list: (folder) => quietly(() => readdirSync(folder)) ?? [],
  }
}

/** The folders above a program's real file, the nearest first, and those of what a version manager's stand-in leads to. */
function programFolders(name: string, searchPath: string, home: string): string[] {
  const found = resolveProgram(name, { searchPath, home, systemRoots: [] })
  if ('missing' in found) return []
  const files = [found.path, ...found.readOnly]
  return [...new Set(files.flatMap((path) => above(quietly(() => realpathSync(path)) ?? path)))]
}

function above(path: string): string[] {
  const folder = dirname(path)
  return folder === path ? [] : [path, ...above(folder)]
}

function quietly<T>(look: () => T): T | undefined {
  try {
    return look()
  } catch {
    return undefined
  }
}
