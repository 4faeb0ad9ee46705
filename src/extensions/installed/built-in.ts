import { dirname, join } from 'node:path'
import type { Config } from '@oclif/core'
import { readJsonObject } from './read-json.ts'

/** The version of the plugin of that name that came with agentvm; null if there is none. Also while another is used in its place. */
export function builtInVersion({ pjson, root }: Config, name: string): string | null {
  if (!pjson.oclif.plugins?.includes(name)) return null
  for (let folder = root; ; folder = dirname(folder)) {
    const found = read(join(folder, 'node_modules', name, 'package.json'))
    if (typeof found?.version === 'string') return found.version
    if (folder === dirname(folder)) return null
  }
}

function read(path: string): Record<string, unknown> | undefined {
  try {
    return readJsonObject(path, 1024 ** 2)
  } catch {
    return undefined
  }
}
