#!/usr/bin/env node
// Runs the command line from its sources, without a build; Node.js strips the types.
import { execute } from '@oclif/core/execute'
import { loadOptions } from './load-options.js'
import { ignoreClosedPipes } from './start.js'

ignoreClosedPipes()
const { root, pjson } = loadOptions()
const commands = { ...pjson.oclif.commands, target: './src/commands' }
await execute({
  loadOptions: { root, ignoreManifest: true, pjson: { ...pjson, oclif: { ...pjson.oclif, commands } } },
})
