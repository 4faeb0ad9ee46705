import { join } from 'node:path'
import { demo } from './demo.mjs'
import { ROOT } from './lib/paths.mjs'
import { pinnedNode } from './lib/pinned-node.mjs'
import { run } from './lib/run.mjs'
import { setup } from './setup.mjs'

// `npm start`: makes everything ready, then shows a sandboxed agent at work.
// `npm start -- ARGUMENTS` runs agentvm with those arguments instead.
process.stdout.on('error', () => {}) // `npm start | head`: the tidying up still has to be done.
const missing = await setup()
const args = process.argv.slice(2)
process.exitCode =
  args.length > 0
    ? await run([pinnedNode(), join(ROOT, 'bin/run.cjs'), ...args], { cwd: process.env.INIT_CWD ?? ROOT })
    : await demo(missing)
