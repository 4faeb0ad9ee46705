import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../paths.mjs'

const FOLDER = join(ROOT, '.cache', 'mutation')

/** Counts of a module's mutants, and the share that the tests tell of those that can be told, in percent. */
export function scoreOf(mutants) {
  const count = (status) => mutants.filter((mutant) => mutant.status === status).length
  const [killed, survived, unmet, argued] = ['killed', 'survived', 'unmet', 'argued'].map(count)
  const score = Math.round((1000 * killed) / Math.max(1, mutants.length - argued)) / 10
  return { killed, survived, unmet, argued, score }
}

/** Writes what was found of a module to `.cache/mutation/NAME.json`, and prints what survived. */
export function reportModule({ name }, { mutants, leftOut }) {
  mkdirSync(FOLDER, { recursive: true })
  writeFileSync(
    join(FOLDER, `${name.replaceAll('/', '-')}.json`),
    JSON.stringify({ leftOut, mutants }, null, 1),
  )
  const lines = mutants
    .filter(({ status }) => status !== 'killed' && status !== 'argued')
    .map((mutant) => `${mutant.path}:${mutant.line}: ${mutant.status}: ${inWords(mutant)}`)
  for (const title of leftOut) lines.push(`left out, since it doesn't pass in the sandbox: ${title}`)
  process.stdout.write(lines.map((line) => `${line}\n`).join(''))
}

/** The table for docs/mutation.md. */
export function formatScores(scores) {
  const rows = scores.map(({ name, killed, survived, unmet, argued, score, floor }) => {
    const all = killed + survived + unmet + argued
    return [name, all, killed, survived, unmet, argued, `${score} %`, `${floor} %`].join(' | ')
  })
  const head = [
    'module | mutants | told | survived | not met | equal | score | floor',
    '--- | ---: | ---: | ---: | ---: | ---: | ---: | ---:',
  ]
  return [...head, ...rows].map((row) => `| ${row} |\n`).join('')
}

/** What a mutant changes, in one short line. */
export function inWords({ original, mutated }) {
  return `${short(original)} → ${mutated === '' ? '(left out)' : short(mutated)}`
}

function short(text) {
  const line = text.replaceAll(/\s+/g, ' ')
  return line.length > 90 ? `${line.slice(0, 89)}…` : line
}
