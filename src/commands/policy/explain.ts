import { Args } from '@oclif/core'
import { createContext } from '../../agents/context.ts'
import { explainAccess } from '../../agents/report/policy-report.ts'
import { AgentvmCommand } from '../../agentvm-command.ts'
import type { Access } from '../../policy/explain.ts'
import { explanationLine } from '../../terminal/policy-lines.ts'

export default class PolicyExplain extends AgentvmCommand {
  static override description =
    'Say whether an agent may read or change a path, or connect to a host, and by which rule.\nPaths are as the agent sees them; a relative one is below its workspace.'
  static override examples = [
    '<%= config.bin %> policy explain c1 write .git/hooks/pre-commit',
    '<%= config.bin %> policy explain c1 read /etc/shadow',
    '<%= config.bin %> policy explain c1 connect api.example.com:443',
  ]
  static override args = {
    name: Args.string({ required: true, ignoreStdin: true, description: 'name of the agent' }),
    access: Args.string({
      required: true,
      ignoreStdin: true,
      options: ['read', 'write', 'connect'],
      description: 'what to ask about',
    }),
    target: Args.string({ required: true, ignoreStdin: true, description: 'path, or HOST[:PORT]' }),
  }

  async run(): Promise<unknown> {
    const { args } = await this.parse(PolicyExplain)
    const context = createContext(this.home, this.config)
    const explanation = explainAccess(context, args.name, args.access as Access, args.target)
    this.log(explanationLine(explanation))
    return explanation
  }
}
