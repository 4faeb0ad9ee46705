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

process.on('exit', () => {
  // Who started this process ends it a second later, also where its coverage takes longer to write.
  process.on('SIGTERM', () => {})
  rmSync(home, { recursive: true, force: true })
})

export const mochaHooks = {
  beforeEach() {
    if (isLong) this.currentTest?.timeout(0)
  },
}
