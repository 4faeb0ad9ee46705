import { Args, Flags } from '@oclif/core'
import { openWorkspace } from '../agents/attach/open-workspace.ts'
import { createContext } from '../agents/context.ts'
import { AgentvmCommand } from '../agentvm-command.ts'

export default class Open extends AgentvmCommand {
  static override description =
    "Open an agent's workspace in the system's file manager. Without a desktop, print its path."
  static override examples = ['<%= config.bin %> open c1', 'cd "$(<%= config.bin %> open c1 --print)"']
  static override args = {
    name: Args.string({ required: true, ignoreStdin: true, description: 'name of the agent' }),
  }
  static override flags = {
    print: Flags.boolean({ description: 'only print the path' }),
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(Open)
    const opened = await openWorkspace(createContext(this.home, this.config), args.name, {
      printOnly: flags.print,
    })
    this.log(opened.opened ? `${opened.name}: opened ${opened.workspace}` : opened.workspace)
    return opened
  }
}
