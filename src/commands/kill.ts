import { Args, Flags } from '@oclif/core'
import { createContext } from '../agents/context.ts'
import { killAgents, signalNamed } from '../agents/kill-many.ts'
import { AgentvmCommand } from '../agentvm-command.ts'
import { secondsFlag } from '../duration-flag.ts'
import { manyNames } from '../many-names.ts'

export default class Kill extends AgentvmCommand {
  static override description =
    'End agents: the whole process tree, by a signal, then by KILL after the grace. The workspace stays.'
  static override examples = [
    '<%= config.bin %> kill c1',
    '<%= config.bin %> kill c1 c2 --signal INT --grace 30',
  ]
  static override usage = 'kill NAME… [FLAGS]'
  static override strict = false
  static override args = {
    name: Args.string({ required: true, ignoreStdin: true, description: 'names of the agents' }),
  }
  static override flags = {
    signal: Flags.string({ char: 's', default: 'TERM', description: 'first signal', helpValue: 'SIGNAL' }),
    grace: secondsFlag({ description: 'seconds until KILL (default: AGENTVM_KILL_GRACE, 5)' }),
  }

  async run(): Promise<unknown> {
    const { argv, flags } = await this.parse(Kill)
    const context = createContext(this.home, this.config)
    const options = {
      signal: signalNamed(flags.signal),
      graceMs: (flags.grace ?? context.settings.killGrace) * 1000,
    }
    const { killed, failed } = await killAgents(context, manyNames(argv), options)
    for (const { name } of killed) this.log(`${name}: killed`)
    for (const problem of failed) process.stderr.write(`agentvm: ${problem.message}\n`)
    if (failed.length > 0) process.exitCode = 1
    return killed
      .map(({ name }) => ({ name, killed: true }))
      .concat(failed.map(({ name }) => ({ name, killed: false })))
  }
}
