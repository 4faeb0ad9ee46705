#!/usr/bin/env node
// The entry of the built CLI. Its first lines run on any Node, so that an old one gets a sentence instead of a stack.
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 12)) {
  process.stderr.write(
    `agentvm: needs Node.js 22.12 or newer, this is ${process.versions.node}: https://nodejs.org\n`,
  )
  process.exit(1)
}

const { existsSync, readFileSync, statSync } = require('node:fs')
const { dirname } = require('node:path')
const { Script } = require('node:vm')

const BUNDLE = `${dirname(__dirname)}/dist/bundle`
const MINUTE_MS = 60_000
const cache = cacheFolders()
const mayRead = cache.length > 0 && cache.every(isOwn)
const parts = {}
let ownBuild

if (existsSync(`${BUNDLE}/agentvm.cjs`))
  part('agentvm.cjs').main({ cacheImports: () => require('./compile-cache.cjs').cacheImports(cache) })
else {
  process.stderr.write(`agentvm: not built yet\n  → cd '${dirname(__dirname)}' && npm run build\n`)
  process.exit(1)
}

/** What a file of the bundle exports. */
function part(name) {
  parts[name] ??= evaluate(name)
  return parts[name]
}

/**
 * Evaluates a file of the bundle, with the functions that earlier runs of the command called as they were compiled then.
 * Node's own compile cache holds what is compiled before anything is called, which is nearly none of them.
 */
function evaluate(name) {
  const filename = `${BUNDLE}/${name}`
  const source = readFileSync(filename, 'latin1')
  const [, build] = /^\/\*(\w+)\*\//.exec(source)
  ownBuild ??= build
  // The parts know each other's modules by numbers, which differ from build to build.
  if (build !== ownBuild) endReplaced()
  const path = `${cache.at(-1)}/agentvm-${build}-${process.version}-${process.arch}/${often(process.argv[2])}-${name}`
  const { cachedData, first, last } = (mayRead && read(path)) || {}
  const script = new Script(source, { filename, cachedData })
  // Made anew whenever it is twice as old as it was then, it comes to hold what any run calls.
  const isDue = !(Date.now() - last < Math.max(last - first, MINUTE_MS))
  if (isDue || script.cachedDataRejected) process.on('exit', () => keep(path, script, first))
  const exports = {}
  // What Node loads of the bundle takes the same one.
  require.cache[filename] = { id: filename, filename, exports, loaded: true, children: [] }
  script.runInThisContext()(exports, require, BUNDLE, part, (specifier) => import(specifier))
  return exports
}

/** Says why after whoever has the terminal has given it back. */
function endReplaced() {
  const line = 'agentvm: another version of it was installed while this one ran\n  → give the command again\n'
  process.once('exit', () => process.stderr.write(line))
  process.exit(1)
}

/** Folders, each within the one before: the last one holds what is compiled. */
function cacheFolders() {
  const { XDG_CACHE_HOME, HOME, NODE_COMPILE_CACHE, NODE_DISABLE_COMPILE_CACHE } = process.env
  if (NODE_DISABLE_COMPILE_CACHE) return []
  if (NODE_COMPILE_CACHE?.startsWith('/')) return [NODE_COMPILE_CACHE]
  const caches = [XDG_CACHE_HOME, `${HOME}/.cache`].find((path) => path?.startsWith('/'))
  // Not in the shared /tmp: who can write to it can change what runs.
  return caches ? [caches, `${caches}/agentvm`, `${caches}/agentvm/compiled`] : []
}

/** As root with the environment of another user, what that user can write isn't run. */
function isOwn(path) {
  try {
    return statSync(path).uid === process.getuid()
  } catch {
    return false
  }
}

/** Compiled is what the runs of a command called: what is run often has a file of its own. */
function often(command) {
  const commands =
    /^(?:attend|broadcast|diff|exec|history|info|kill|killall|list|logs|ls|ps|run|send|spawn|stats|swarm|wait|watch)$/
  return commands.test(command) ? command : 'others'
}

/** What `compile-cache.cjs` has kept. V8 crashes on what is damaged: it lies there twice, which is quicker than to sum it up. */
function read(path) {
  try {
    const bytes = readFileSync(path)
    const [middle, end] = [bytes.length / 2 - 8, bytes.length - 16]
    const cachedData = bytes.subarray(0, middle)
    if (!cachedData.equals(bytes.subarray(middle, end))) return undefined
    return { cachedData, first: bytes.readDoubleLE(end), last: bytes.readDoubleLE(end + 8) }
  } catch {
    return undefined
  }
}

/** Nothing comes of it where agentvm has gone meanwhile, or the folder takes no files: the next run compiles anew. */
function keep(path, script, first) {
  try {
    require('./compile-cache.cjs').keepCompiled(cache, path, script, first)
  } catch {}
}
