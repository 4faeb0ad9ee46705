// A process that runs command after command of the built CLI, as `agentvm` would, without starting anew for each: for
// tests of thousands. It gets `{ args }` and answers `{ code, stdout, stderr }`.
import { dirname, join } from 'node:path'
import { Config } from '@oclif/core/config'

const root = join(dirname(import.meta.dirname), '..')
const config = await Config.load({ root })

let captured = { stdout: '', stderr: '' }
for (const name of ['stdout', 'stderr']) {
  process[name].write = (chunk) => {
    captured[name] += chunk
    return true
  }
}

process.on('message', async ({ args }) => {
  captured = { stdout: '', stderr: '' }
  process.exitCode = 0
  const code = await run(args)
  process.send({ code, ...captured })
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
