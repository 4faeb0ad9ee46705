import { attend } from '../agents/attendant/attend.ts'
import { createContext } from '../agents/context.ts'
import { AgentvmCommand } from '../agentvm-command.ts'

export default class Attend extends AgentvmCommand {
  static override hidden = true
  static override enableJsonFlag = false
  static override description =
    'Send what waits for agents once they are idle, until nothing waits any more. Started by agentvm itself.'

  async run(): Promise<void> {
    await this.parse(Attend)
    await attend(createContext(this.home, this.config))
  }
}
