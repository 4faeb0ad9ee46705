import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
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
export function reportModule({ name }, { every, mutants, leftOut }) {
  mkdirSync(FOLDER, { recursive: true })
  writeFileSync(reportOf(name), JSON.stringify({ every, leftOut, mutants }, null, 1))
  const lines = mutants
    .filter(({ status }) => status !== 'killed' && status !== 'argued')
    .map((mutant) => `${mutant.path}:${mutant.line}: ${mutant.status}: ${inWords(mutant)}`)
  for (const title of leftOut) lines.push(`left out, since it doesn't pass in the sandbox: ${title}`)
  process.stdout.write(lines.map((line) => `${line}\n`).join(''))
}

/** The last run of a module: which of the mutants it tried, and what came of each, by the names of {@link nameMutants}. */
export function lastRun(name) {
  const { every, mutants } = JSON.parse(readFileSync(reportOf(name), 'utf8'))
  return { every, before: new Map(mutants.map(({ key, status, by }) => [key, { status, by }])) }
}

function reportOf(name) {
  return join(FOLDER, `${name.replaceAll('/', '-')}.json`)
}

/** Gives each mutant a name that it keeps when lines are added elsewhere: what it changes, where, and which of those it is. */
export function nameMutants(mutants) {
  const counts = new Map()
  for (const mutant of mutants) {
    const change = `${mutant.path}: ${mutant.original} → ${mutant.mutated}`
    counts.set(change, (counts.get(change) ?? 0) + 1)
    mutant.key = `${change} #${counts.get(change)}`
  }
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
