// A process that runs command after command of the built CLI, as `agentvm` would, without starting anew for each: for
// tests of thousands. It gets `{ args, fault }` and answers `{ code, stdout, stderr, effects }`. A fault needs
// `faults/preload.mjs` before it. With CLI_WORKER_RELOADS plugins are looked for at each command, as by a new process.
import { dirname, join } from 'node:path'
import { Config } from '@oclif/core/config'
import { loadPluginsOurselves } from '../../dist/start/load-unbundled.js'
import { keepPluginsInHome } from '../../dist/start/plugin-folder.js'

const root = join(dirname(import.meta.dirname), '..')
// What a command starts of agentvm is what it would start else.
process.argv[1] = join(root, 'bin', 'run.cjs')
keepPluginsInHome()
loadPluginsOurselves()
let config = await Config.load({ root })

let captured = { stdout: '', stderr: '' }
for (const name of ['stdout', 'stderr']) {
  process[name].write = (chunk, ...rest) => {
    captured[name] += chunk
    rest.find((one) => typeof one === 'function')?.()
    return true
  }
}

const faults = process[Symbol.for('agentvm.faults')]
process.on('message', async ({ args, fault }) => {
  captured = { stdout: '', stderr: '' }
  process.exitCode = 0
  if (process.env.CLI_WORKER_RELOADS) config = await Config.load({ root })
  faults?.begin(fault)
  const code = await run(args)
  const effects = faults?.end()
  process.send({ code, ...captured, effects })
})
process.send('ready')

/** The longest beginning of the words that names a command. */
async function run(args) {
  const topic = config.findCommand(args.slice(0, 2).join(':'))
  const [id, rest] = topic ? [topic.id, args.slice(2)] : [args[0], args.slice(1)]
  try {
    await config.runCommand(id, rest)
    return process.exitCode ?? 0
  } catch (error) {
    if (error?.oclif?.exit === undefined) captured.stderr += `threw: ${error?.stack}`
    return error?.oclif?.exit ?? 1
  }
}
