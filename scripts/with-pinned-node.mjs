import { main } from './root.mjs'
import { runPinned } from './run-program.mjs'
import { setup } from './setup.mjs'

// with-pinned-node.mjs FILE [ARGUMENT…]
await main(async () => {
  await setup()
  return runPinned(process.argv.slice(2))
})
