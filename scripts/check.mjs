import { runChecks } from './lib/checks.mjs'
import { say } from './lib/say.mjs'
import { setup } from './setup.mjs'

// `npm run check`: every check that runs no test.
await setup()
const failed = await runChecks()
for (const name of failed) say(`check failed: ${name}`)
process.exitCode = failed.length > 0 ? 1 : 0
