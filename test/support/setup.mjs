import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

// No test may touch the home, the agents or the terminal of who runs it, nor depend on their settings.
const home = mkdtempSync(join(tmpdir(), 'agentvm-test-'))
for (const name of Object.keys(process.env)) {
  if (/^(AGENTVM_|XDG_|TMUX|NO_COLOR|FORCE_COLOR|GIT_)/.test(name)) delete process.env[name]
}
process.env.HOME = join(home, 'user')
process.env.AGENTVM_HOME = join(home, 'agentvm')

/** A longer attack that was asked for takes the time that it takes. */
const isLong = process.env.FUZZ_SECONDS || process.env.FUZZ_RUNS

const remove = () => rmSync(home, { recursive: true, force: true })
// Where test files run side by side, the first process runs none, and the others are ended without an exit of their own.
process.on('exit', remove)

export const mochaHooks = {
  beforeEach() {
    if (isLong) this.currentTest?.timeout(0)
  },
  afterAll: remove,
}
