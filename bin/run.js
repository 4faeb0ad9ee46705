#!/usr/bin/env node
// The entry of the built CLI. Its first lines run on any Node, so that an old one gets a sentence instead of a stack.
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 12)) {
  process.stderr.write(`agentvm: needs Node.js 22.12 or newer, this is ${process.versions.node}\n`)
  process.exit(1)
}

const { default: module } = await import('node:module')
module.enableCompileCache?.()
const { main } = await import('./main.js')
await main({})
