import { join } from 'node:path'
import { ROOT } from './lib/paths.mjs'
import { pinnedNode } from './lib/pinned-node.mjs'
import { run } from './lib/run.mjs'
import { setup } from './setup.mjs'

// `npm run api`: writes the report of the SDK's API anew.
await setup()
process.exitCode = await run([pinnedNode(), join(ROOT, 'scripts/api-report.mjs')])
