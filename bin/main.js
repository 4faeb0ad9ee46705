import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

/**
 * Runs the CLI. A built-in plugin that has been deleted from the install is left out here, without a word: `doctor`
 * and whoever asks for what it brought say so.
 *
 * @param {{ commands?: string, ignoreManifest?: boolean }} options where the commands lie, if not where they are built
 */
export async function main({ commands, ignoreManifest = false }) {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error) => {
      // The reader has gone (`agentvm list | head -1`): nobody is left to tell.
      if (error.code !== 'EPIPE') throw error
    })
  }
  const pjson = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  pjson.oclif.plugins = pjson.oclif.plugins.filter((name) => isInstalled(name, root))
  if (commands) {
    pjson.oclif.commands = { strategy: 'pattern', target: commands }
    pjson.oclif.helpClass = './src/help.ts'
  }
  if (!ignoreManifest && !existsSync(join(root, 'oclif.manifest.json'))) {
    process.stderr.write(`agentvm: not built yet\n  → cd '${root}' && npm run build\n`)
    process.exit(1)
  }
  await run({ root, pjson, ignoreManifest })
}

/** As oclif's `execute`, less its wait for standard output to drain: on a closed pipe that never comes. */
async function run(options) {
  const { run: runCommand } = await import('@oclif/core/run')
  if (/^plugins(?::|$)/.test(process.argv[2] ?? '')) preparePluginManager()
  keepPluginsInHome((await import('@oclif/core/config')).Config)
  try {
    await runCommand(readArguments(process.argv.slice(2)), options)
  } catch (error) {
    const { handle } = await import('@oclif/core/handle')
    await handle(error instanceof Error ? error : new Error(String(error)))
  }
}

/**
 * oclif would keep plugins in ~/.local/share/agentvm, where the checkout itself may lie; ours are with the rest, in
 * $AGENTVM_HOME. By a variable (AGENTVM_DATA_DIR) one could say so, too, but every program that we start would inherit it.
 */
function keepPluginsInHome(Config) {
  const folderOf = Config.prototype.dir
  const { AGENTVM_HOME: home, HOME = homedir() } = process.env
  Config.prototype.dir = function (kind) {
    if (kind !== 'data') return folderOf.call(this, kind)
    return join(home ? resolve(home) : join(HOME, '.agentvm'), 'plugins')
  }
}

/** What it and its npm write in $AGENTVM_HOME is the user's own, as all there is, and npm doesn't advertise its next version. */
function preparePluginManager() {
  process.umask(0o077)
  process.env.npm_config_update_notifier ??= 'false'
}

/** Flags of the commands that type text that have a value of their own, and those in the place of a name. */
const VALUED = ['--file', '-f', '--timeout', '--tag', '-t', '--id']
const CHOOSING = /^(?:--tag(?:=|$)|-t|--all$)/

/**
 * The arguments as oclif should see them: it takes `--help` anywhere before a `--` for its own, also in the text of
 * `agentvm exec c1 git --help`, and knows no `-h`.
 */
function readArguments(argv) {
  const [command, ...rest] = argv
  if (command === '-h') return ['--help', ...rest]
  if (command !== 'exec' && command !== 'broadcast') return argv
  let isNamed = command === 'broadcast'
  for (let at = 0; at < rest.length; at += 1) {
    const word = rest[at]
    if (word === '--') return argv
    isNamed ||= CHOOSING.test(word)
    if (VALUED.includes(word)) at += 1
    else if (word === '-' || !word.startsWith('-')) {
      if (isNamed) return [command, ...rest.slice(0, at), '--', ...rest.slice(at)]
      isNamed = true
    }
  }
  return argv
}

/** Whether Node finds a package from a folder. */
function isInstalled(name, folder) {
  if (existsSync(join(folder, 'node_modules', name, 'package.json'))) return true
  const parent = dirname(folder)
  return parent !== folder && isInstalled(name, parent)
}
