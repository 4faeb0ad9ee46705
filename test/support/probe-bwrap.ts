import { probeSandbox } from '../../plugins/sdk/src/testing/index.ts'
import bwrap from '../../sandbox/bwrap/src/index.ts'

// Runs the kit as whoever starts this, for tests that need another user than their own.
process.stdout.write(JSON.stringify(await probeSandbox(bwrap)))
