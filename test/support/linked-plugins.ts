import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { TestHome } from './agentvm.ts'
import { type TestPlugin, writePlugin } from './plugin.ts'

/** Links plugins to a home, and no others, as `agentvm plugins link` does, without running it. */
export function linkPlugins(home: TestHome, plugins: readonly TestPlugin[]): void {
  const linked = plugins.map((plugin) => {
    const name = String(plugin.pjson.name)
    const root = join(dirname(home.path), name)
    writePlugin(root, plugin)
    return { type: 'link', root, name }
  })
  mkdirSync(home.file('plugins'), { recursive: true, mode: 0o700 })
  writeFileSync(
    home.file('plugins', 'package.json'),
    JSON.stringify({ private: true, oclif: { schema: 1, plugins: linked }, dependencies: {} }),
  )
}
