import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Plugin } from '@oclif/core'
import { ROOT } from './lib/paths.mjs'

// The manifest lets the CLI know its commands without loading them: this is what `oclif manifest` does.
const plugin = new Plugin({
  errorOnManifestCreate: true,
  ignoreManifest: true,
  respectNoCacheDefault: true,
  root: ROOT,
  type: 'core',
})
await plugin.load()
writeFileSync(join(ROOT, 'oclif.manifest.json'), `${JSON.stringify(plugin.manifest, null, 2)}\n`)
