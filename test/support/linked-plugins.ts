import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { TestHome } from './agentvm.ts'

/** A plugin to be linked: its package.json less the name, and its files by their paths. */
export interface LinkedPlugin {
  pjson: Record<string, unknown>
  files: Record<string, string>
}

/** Links plugins to a home as `agentvm plugins link` does, without running it. */
export function linkPlugins(home: TestHome, plugins: Record<string, LinkedPlugin>): void {
  const linked = Object.entries(plugins).map(([name, { pjson, files }]) => {
    const root = join(dirname(home.path), name)
    const texts = {
      'package.json': JSON.stringify({ name, version: '1.0.0', type: 'module', ...pjson }),
      ...files,
    }
    for (const [path, text] of Object.entries(texts)) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), text)
    }
    return { type: 'link', root, name }
  })
  mkdirSync(home.file('plugins'), { recursive: true, mode: 0o700 })
  writeFileSync(
    home.file('plugins', 'package.json'),
    JSON.stringify({ private: true, oclif: { schema: 1, plugins: linked }, dependencies: {} }),
  )
}
