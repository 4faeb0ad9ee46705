import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bootId, processStart } from '../../../dist/system/processes.js'

/** Commands that look at agents: what they evaluate, nearly every command does. */
const LOOKING = [['list', '-q'], ['list'], ['ps'], ['history'], ['--version']]
/** Commands that do something with agents. Where this machine can't do it, they come as far as they can. */
const ACTING = [
  ...[
    ['spawn', 'new', '--net', 'none', '--dry-run', '--', 'true'],
    ['swarm', 'new', '-n', '0'],
    ['exec', 'everyday', 'hello'],
  ],
  ...[
    ['info', 'everyday'],
    ['logs', 'everyday'],
    ['kill', 'finished'],
    ['run', '--net', 'none', '--', 'true'],
  ],
]

/** Modules that commands need that really do something, besides what {@link ACTING} evaluates. */
const OF_AGENTS = /^(?:dist\/(?!completion|json-schemas)|node_modules\/execa\/)/

/** Runs a traced bundle, and prints the modules that it evaluated. */
const TRACED = `
  globalThis.evaluated = []
  const [bundle, ...args] = process.argv.splice(1)
  process.argv.push('agentvm', ...args)
  const print = process.stderr.write.bind(process.stderr)
  process.on('exit', () => print('\\n' + JSON.stringify(globalThis.evaluated)))
  require(bundle).main()`

/**
 * The files of the bundle. Most commands read the first, or the first two: reading, hashing and linking 1.5 MB that
 * nothing is called of takes 6 ms. Which module lies where changes what a start costs, and nothing else.
 *
 * @param {string} bundle the whole of the code in one file, made so that modules say when they are evaluated
 * @param {string[]} all its modules, by their paths from the root
 */
export function partsOf(bundle, all) {
  const home = mkdtempSync(join(tmpdir(), 'agentvm-bundle-'))
  try {
    writeAgents(join(home, 'home'))
    writePlugin(join(home, 'home/plugins'), join(home, 'plugin'))
    const looked = evaluatedBy(LOOKING, bundle, home)
    const acted = evaluatedBy(ACTING, bundle, home)
    const [main, agents, rest] = [[], [], []]
    for (const name of all) {
      const isAgents = acted.has(name) || OF_AGENTS.test(name)
      if (looked.has(name)) main.push(name)
      else (isAgents ? agents : rest).push(name)
    }
    const parts = [new Part('agentvm.cjs', main), new Part('agents.cjs', agents), new Part('rest.cjs', rest)]
    for (const part of parts) part.others = parts.filter((other) => other !== part)
    return parts
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

function evaluatedBy(commands, bundle, home) {
  const env = { PATH: process.env.PATH, HOME: home, AGENTVM_HOME: join(home, 'home'), NO_COLOR: '1' }
  const lists = commands.map((args) => {
    const { stderr } = spawnSync(process.execPath, ['-e', TRACED, '--', bundle, ...args], {
      env,
      encoding: 'utf8',
    })
    return JSON.parse(stderr.slice(stderr.lastIndexOf('\n')))
  })
  return new Set(lists.flat())
}

/** The state files of an agent that runs, as far as its pid tells, and of one that has ended. */
function writeAgents(home) {
  mkdirSync(join(home, 'state'), { recursive: true, mode: 0o700 })
  const created = '2026-01-01T00:00:00Z'
  const both = { AGENT_FORMAT: 1, AGENT_SANDBOX: 'bwrap', AGENT_NET: 'none', AGENT_BOOT_ID: bootId() }
  const runs = { AGENT_PID: process.pid, AGENT_PID_START: processStart(process.pid) }
  const ended = { AGENT_EXIT_CODE: 0, AGENT_ENDED_AT: created, AGENT_END_REASON: 'exited' }
  for (const [name, own] of Object.entries({ everyday: runs, finished: ended })) {
    const terminal = { AGENT_SESSION: `agentvm-${name}`, AGENT_SOCKET: join(home, 'run', name, 'tmux') }
    const values = {
      AGENT_NAME: name,
      AGENT_ID: name,
      AGENT_CREATED_AT: created,
      ...both,
      ...terminal,
      ...own,
    }
    const lines = Object.entries(values).map(([key, value]) => `${key}='${value}'\n`)
    writeFileSync(join(home, 'state', `${name}.env`), lines.join(''), { mode: 0o600 })
  }
}

/** A plugin of the user's that is linked, as most are: with a profile and a command. */
function writePlugin(plugins, root) {
  const name = 'agentvm-plugin-everyday'
  mkdirSync(plugins, { mode: 0o700 })
  mkdirSync(root)
  const write = (path, value) => writeFileSync(path, JSON.stringify(value))
  const command = { id: 'say', aliases: [], hiddenAliases: [], args: {}, flags: {}, description: 'Say it' }
  const place = { strict: true, isESM: true, relativePath: ['commands', 'say.js'] }
  const linked = [{ type: 'link', name, root }]
  write(join(plugins, 'package.json'), { private: true, oclif: { schema: 1, plugins: linked } })
  write(join(root, 'oclif.manifest.json'), { version: '1.0.0', commands: { say: { ...command, ...place } } })
  write(join(root, 'package.json'), {
    ...{ name, version: '1.0.0', type: 'module' },
    agentvm: { apiVersion: 1, profiles: ['everyday'] },
    oclif: { commands: './commands', hooks: { 'agentvm:profiles': './profiles.js' } },
  })
}

/** A file of the bundle, which holds some modules and takes others from the other files when they are used. */
export class Part {
  /** @type {Part[]} */
  others = []

  /** @param {string[]} modules those that it holds; the other files take them by their place in this list */
  constructor(file, modules) {
    this.file = file
    this.modules = modules
    this.places = new Map(modules.map((name, place) => [name, place]))
  }

  /** The code that takes a module from the file that holds it; undefined for one of this file's own. */
  take(name) {
    const owner = this.others.find(({ places }) => places.has(name))
    return owner && `part(${JSON.stringify(owner.file)}).load(${owner.places.get(name)})`
  }
}
