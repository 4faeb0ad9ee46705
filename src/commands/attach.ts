import { Args, Flags } from '@oclif/core'
import { attachAgent } from '../agents/attach/attach.ts'
import { createContext } from '../agents/context.ts'
import { AgentvmCommand } from '../agentvm-command.ts'

export default class Attach extends AgentvmCommand {
  static override enableJsonFlag = false
  static override description =
    "Connect to an agent's terminal. Works within your own tmux, too.\nCtrl-] detaches (AGENTVM_DETACH_KEY); the wheel and PageUp scroll."
  static override examples = ['<%= config.bin %> attach c1', '<%= config.bin %> attach c1 --read-only']
  static override args = {
    name: Args.string({ required: true, ignoreStdin: true, description: 'name of the agent' }),
  }
  static override flags = {
    'read-only': Flags.boolean({ char: 'r', description: 'look, without typing' }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Attach)
    process.exitCode = await attachAgent(createContext(this.home, this.config), args.name, {
      readOnly: flags['read-only'],
    })
  }
}
