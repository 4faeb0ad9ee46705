#!/usr/bin/env node
// The entry for working on agentvm: runs the sources as they are, without a build, by Node's type stripping.
import { main } from './main.js'

await main({ commands: './src/commands', ignoreManifest: true })
