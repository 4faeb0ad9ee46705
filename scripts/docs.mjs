import { join } from 'node:path'
import { ROOT } from './lib/paths.mjs'
import { pinnedNode } from './lib/pinned-node.mjs'
import { run } from './lib/run.mjs'
import { setup } from './setup.mjs'

// `npm run docs`: writes anew what the docs hold of the sources.
await setup()
process.exitCode = await run([pinnedNode(), join(ROOT, 'scripts/write-settings-table.mjs')])
