#!/usr/bin/env node
// The entry of the built CLI. Its first lines run on any Node, so that an old one gets a sentence instead of a stack.
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 12)) {
  process.stderr.write(
    `agentvm: needs Node.js 22.12 or newer, this is ${process.versions.node}: https://nodejs.org\n`,
  )
  process.exit(1)
}

const { enableCompileCache } = await import('node:module')
const { homedir } = await import('node:os')
// In a folder of the user's own, not in the shared /tmp: who can write to the cache can change what runs.
const caches = process.env.XDG_CACHE_HOME || `${homedir()}/.cache`
enableCompileCache(process.env.NODE_COMPILE_CACHE ?? `${caches}/agentvm/compiled`)
const { main } = await import('./main.js')
await main({})
