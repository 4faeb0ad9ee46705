import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../paths.mjs'

const FOLDER = join(ROOT, '.cache', 'mutation')

/** Counts of a module's mutants, and the share that the tests tell, in percent. */
export function scoreOf(mutants) {
  const count = (status) => mutants.filter((mutant) => mutant.status === status).length
  const [killed, survived, unmet] = ['killed', 'survived', 'unmet'].map(count)
  return { killed, survived, unmet, score: Math.round((1000 * killed) / Math.max(1, mutants.length)) / 10 }
}

/** Writes what was found of a module to `.cache/mutation/NAME.json`, and prints what survived. */
export function reportModule({ name }, { mutants, leftOut }) {
  mkdirSync(FOLDER, { recursive: true })
  writeFileSync(
    join(FOLDER, `${name.replaceAll('/', '-')}.json`),
    JSON.stringify({ leftOut, mutants }, null, 1),
  )
  const lines = mutants
    .filter(({ status }) => status !== 'killed')
    .map(({ status, path, line, original, mutated }) => {
      return `${path}:${line}: ${status}: ${short(original)} → ${mutated === '' ? '(left out)' : short(mutated)}`
    })
  for (const title of leftOut) lines.push(`left out, since it doesn't pass in the sandbox: ${title}`)
  process.stdout.write(lines.map((line) => `${line}\n`).join(''))
}

/** The table for docs/mutation.md. */
export function formatScores(scores) {
  const rows = scores.map(({ name, killed, survived, unmet, score, floor }) =>
    [name, killed + survived + unmet, killed, survived, unmet, `${score} %`, `${floor} %`].join(' | '),
  )
  const head = [
    'module | mutants | told | survived | not met | score | floor',
    '--- | ---: | ---: | ---: | ---: | ---: | ---:',
  ]
  return [...head, ...rows].map((row) => `| ${row} |\n`).join('')
}

function short(text) {
  const line = text.replaceAll(/\s+/g, ' ')
  return line.length > 90 ? `${line.slice(0, 89)}…` : line
}
