import { Args } from '@oclif/core'
import { createContext } from '../../agents/context.ts'
import { policyReport } from '../../agents/report/policy-report.ts'
import { AgentvmCommand } from '../../agentvm-command.ts'
import { policyLines } from '../../terminal/policy-lines.ts'

export default class Policy extends AgentvmCommand {
  static override description =
    'Show what an agent may do, and who decided it: the default, your configuration, the profile, a flag or a plugin.'
  static override examples = ['<%= config.bin %> policy c1', '<%= config.bin %> policy c1 --json']
  static override args = {
    name: Args.string({ required: true, ignoreStdin: true, description: 'name of the agent' }),
  }

  async run(): Promise<unknown> {
    const { args } = await this.parse(Policy)
    const report = policyReport(createContext(this.home, this.config), args.name)
    this.log(policyLines(report, this.stdout))
    return report
  }
}
