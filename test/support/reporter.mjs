import { writeFileSync } from 'node:fs'
import Mocha from 'mocha'

const { EVENT_RUN_END } = Mocha.Runner.constants

/** Mocha's own report, and the counts in the file that TEST_COUNTS_FILE names, for the runner's closing line. */
export default class Reporter extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options)
    const file = process.env.TEST_COUNTS_FILE
    if (!file) return
    runner.once(EVENT_RUN_END, () => {
      const { passes, failures, pending } = this.stats
      writeFileSync(file, JSON.stringify({ passes, failures, pending }))
    })
  }
}
