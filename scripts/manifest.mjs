import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Plugin } from '@oclif/core/config'
import { root } from './root.mjs'

// Writes oclif.manifest.json, from which oclif knows every command without loading it.
const plugin = new Plugin({
  root,
  type: 'core',
  ignoreManifest: true,
  errorOnManifestCreate: true,
  respectNoCacheDefault: true,
})
await plugin.load()
const commands = Object.fromEntries(
  Object.entries(plugin.manifest.commands).sort(([a], [b]) => (a < b ? -1 : 1)),
)
writeFileSync(
  join(root, 'oclif.manifest.json'),
  `${JSON.stringify({ ...plugin.manifest, commands }, null, 2)}\n`,
)
