import { join } from 'node:path'
import { ROOT } from './lib/paths.mjs'
import { pinnedEnv, pinnedNode } from './lib/pinned-node.mjs'
import { run } from './lib/run.mjs'
import { setup } from './setup.mjs'

// `npm run bench [-- GROUP…] [--short] [--rounds N] [--against REF] [--json FILE]`: times the CLI against floors of the same run.
await setup()
process.exitCode = await run([pinnedNode(), join(ROOT, 'test/bench/bench.ts'), ...process.argv.slice(2)], {
  env: pinnedEnv(),
})
