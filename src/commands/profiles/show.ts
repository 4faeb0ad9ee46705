import { Args } from '@oclif/core'
import { createContext } from '../../agents/context.ts'
import { profileDetails } from '../../agents/profile-report/report.ts'
import { AgentvmCommand } from '../../agentvm-command.ts'
import { profileDetailsText } from '../../terminal/profile-table.ts'

export default class ProfilesShow extends AgentvmCommand {
  static override description =
    'Show one profile: command, program and version, keys, hosts, what is missing.'
  static override examples = ['<%= config.bin %> profiles show claude-code']
  static override args = {
    profile: Args.string({ required: true, ignoreStdin: true, description: 'name of the profile' }),
  }

  async run(): Promise<unknown> {
    const { args } = await this.parse(ProfilesShow)
    const details = await profileDetails(createContext(this.home, this.config), args.profile)
    this.log(profileDetailsText(details, this.stdout).trimEnd())
    return details
  }
}
