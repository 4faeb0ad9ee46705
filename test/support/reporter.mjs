import { writeFileSync } from 'node:fs'
import Mocha from 'mocha'

const { EVENT_RUN_END, EVENT_TEST_PENDING } = Mocha.Runner.constants

/** Mocha's own report, and the counts, with the titles of what was skipped, in the file that TEST_COUNTS_FILE names, for the runner's closing lines. */
export default class Reporter extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options)
    const file = process.env.TEST_COUNTS_FILE
    if (!file) return
    const skipped = []
    runner.on(EVENT_TEST_PENDING, (test) => skipped.push(test.fullTitle()))
    runner.once(EVENT_RUN_END, () => {
      const { passes, failures } = this.stats
      writeFileSync(file, JSON.stringify({ passes, failures, skipped }))
    })
  }
}
