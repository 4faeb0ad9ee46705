import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Commands that look at an empty home: what they evaluate, nearly every command does. */
const EVERYDAY = [['list', '-q'], ['list'], ['ps'], ['history'], ['killall', '--force'], ['--version']]

/** Runs a traced bundle, and prints the modules that it evaluated. */
const TRACED = `
  globalThis.evaluated = []
  const [bundle, ...args] = process.argv.splice(1)
  process.argv.push('agentvm', ...args)
  const print = process.stderr.write.bind(process.stderr)
  process.on('exit', () => print('\\n' + JSON.stringify(globalThis.evaluated)))
  require(bundle).main()`

/**
 * The modules that everyday commands evaluate. What else there is lies in a file of its own, that most runs don't read:
 * reading, hashing and linking 1.5 MB that nothing is called of takes 8 ms.
 *
 * @param {string} bundle the whole of the code in one file, made so that modules name themselves
 */
export function everydayModules(bundle) {
  const home = mkdtempSync(join(tmpdir(), 'agentvm-bundle-'))
  try {
    const env = { PATH: process.env.PATH, HOME: home, AGENTVM_HOME: join(home, 'home'), NO_COLOR: '1' }
    const lists = EVERYDAY.map((args) => {
      const { stderr } = spawnSync(process.execPath, ['-e', TRACED, '--', bundle, ...args], {
        env,
        encoding: 'utf8',
      })
      return JSON.parse(stderr.slice(stderr.lastIndexOf('\n')))
    })
    return new Set(lists.flat())
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

/**
 * The two files of the bundle.
 *
 * @param {Set<string>} everyday modules of the main one, by their paths from the root
 */
export function partsOf(everyday) {
  const main = new Part('./agentvm.cjs', (name) => everyday.has(name))
  const rest = new Part('./rest.cjs', (name) => !everyday.has(name))
  main.other = rest
  rest.other = main
  for (const name of everyday) main.lend(name)
  return { main, rest }
}

/** A file of the bundle, which holds some modules and takes the others from the other file when they are used. */
export class Part {
  /** Modules that the other file takes, in the order of their numbers. */
  lent = []
  other

  constructor(file, holds) {
    this.file = file
    this.holds = holds
  }

  /** The code that evaluates a module of this file for the other one. */
  lend(name) {
    if (!this.lent.includes(name)) this.lent.push(name)
    return `require(${JSON.stringify(this.file)}).load(${this.lent.indexOf(name)})`
  }

  /** The code that evaluates a module of the other file. */
  take(name) {
    return this.other.lend(name)
  }
}
