import { writeFileSync } from 'node:fs'
import Mocha from 'mocha'

const { EVENT_RUN_END } = Mocha.Runner.constants

/** Mocha's own report, and the counts in the file that AGENTVM_TEST_COUNTS names, for the runner's closing line. */
export default class Reporter extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options)
    const file = process.env.AGENTVM_TEST_COUNTS
    if (!file) return
    runner.once(EVENT_RUN_END, () => {
      const { passes, failures, pending } = this.stats
      writeFileSync(file, JSON.stringify({ passes, failures, pending }))
    })
  }
}
