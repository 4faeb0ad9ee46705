import { parseArgs } from 'node:util'
import { chosenModules } from './lib/mutation/modules.mjs'
import { mutateModule } from './lib/mutation/mutate.mjs'
import { formatScores, lastRun, reportModule, scoreOf } from './lib/mutation/report.mjs'
import { hasProgram } from './lib/run.mjs'
import { say } from './lib/say.mjs'
import { setup } from './setup.mjs'

// `npm run mutation [-- --every N | --again] [MODULE-OR-PATH…]`: puts a mistake into the sources, one at a time, and sees whether a test tells it.
// `--again` tries those anew that weren't told in the last run.
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { every: { type: 'string', default: '1' }, again: { type: 'boolean', default: false } },
})
if (!hasProgram('bwrap')) {
  say('mutation tests need bubblewrap: a mutant may remove any file, or end any process')
  process.exit(1)
}
await setup()
const scores = []
for (const module of chosenModules(positionals)) {
  const choice = values.again ? lastRun(module.name) : { every: Number(values.every) }
  const result = await mutateModule(module, choice, (done, all) => {
    if (process.stderr.isTTY || done % 50 === 0) process.stderr.write(`\r${module.name}: ${done}/${all} `)
  })
  if (process.stderr.isTTY) say('')
  reportModule(module, result)
  scores.push({ ...module, ...scoreOf(result.mutants) })
  say(`${module.name}: ${scores.at(-1).score} % of ${result.mutants.length} mutants told`)
}
process.stdout.write(`\n${formatScores(scores)}`)
const below = scores.filter(({ score, floor }) => score < floor)
for (const { name, score, floor } of below) say(`${name}: ${score} % is below its floor of ${floor} %`)
process.exitCode = below.length > 0 ? 1 : 0
