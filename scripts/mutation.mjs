import { chosenModules } from './lib/mutation/modules.mjs'
import { mutateModule } from './lib/mutation/mutate.mjs'
import { formatScores, reportModule, scoreOf } from './lib/mutation/report.mjs'
import { hasProgram } from './lib/run.mjs'
import { say } from './lib/say.mjs'
import { setup } from './setup.mjs'

// `npm run mutation [-- MODULE-OR-PATH…]`: puts a mistake into the sources, one at a time, and sees whether a test tells it.
if (!hasProgram('bwrap')) {
  say('mutation tests need bubblewrap: a mutant may remove any file, or end any process')
  process.exit(1)
}
await setup({ forTests: true })
const scores = []
for (const module of chosenModules(process.argv.slice(2))) {
  const result = await mutateModule(module, (done, all) => {
    if (process.stderr.isTTY) process.stderr.write(`\r${module.name}: ${done}/${all} `)
  })
  if (process.stderr.isTTY) say('')
  reportModule(module, result)
  scores.push({ ...module, ...scoreOf(result.mutants) })
  const { score, killed, survived, unmet } = scores.at(-1)
  say(`${module.name}: ${score} % of ${killed + survived + unmet} mutants told`)
}
process.stdout.write(`\n${formatScores(scores)}`)
const below = scores.filter(({ score, floor }) => score < floor)
for (const { name, score, floor } of below) say(`${name}: ${score} % is below its floor of ${floor} %`)
process.exitCode = below.length > 0 ? 1 : 0
