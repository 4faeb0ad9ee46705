#!/usr/bin/env node
// The entry of the built CLI. Its first lines run on any Node, so that an old one gets a sentence instead of a stack.
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 12)) {
  process.stderr.write(
    `agentvm: needs Node.js 22.12 or newer, this is ${process.versions.node}: https://nodejs.org\n`,
  )
  process.exit(1)
}

const { existsSync, mkdirSync, statSync } = require('node:fs')
const { enableCompileCache } = require('node:module')
// In a folder of the user's own, not in the shared /tmp: who can write to the cache can change what runs.
const caches = [process.env.XDG_CACHE_HOME, `${process.env.HOME}/.cache`].find((path) =>
  path?.startsWith('/'),
)
if (process.env.NODE_COMPILE_CACHE) enableCompileCache(process.env.NODE_COMPILE_CACHE)
else if (caches && makeFolders(caches, `${caches}/agentvm`))
  enableCompileCache(`${caches}/agentvm/compiled/${cacheOf(process.argv[2])}`)

const bundle = `${__dirname}/../dist/bundle/agentvm.cjs`
if (existsSync(bundle)) require(bundle).main()
else {
  process.stderr.write(
    `agentvm: not built yet\n  → cd '${require('node:path').dirname(__dirname)}' && npm run build\n`,
  )
  process.exit(1)
}

/** A cache holds the functions that the first run with it called: what is run often has one of its own. */
function cacheOf(command) {
  const often =
    /^(?:broadcast|diff|exec|history|info|kill|killall|list|logs|ls|ps|run|send|spawn|stats|swarm|wait|watch)$/
  return often.test(command) ? command : 'others'
}

/** Makes folders, each within one that is there. One after the other: given a path below `/proc`, Node's own means try for ever. */
function makeFolders(...paths) {
  try {
    for (const path of paths) makeFolder(path)
    return true
  } catch {
    return false
  }
}

function makeFolder(path) {
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    // As root with the environment of another user, what that user can write isn't run.
    if (error.code !== 'EEXIST' || statSync(path).uid !== process.getuid()) throw error
  }
}
