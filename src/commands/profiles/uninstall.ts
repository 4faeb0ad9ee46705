import { Args } from '@oclif/core'
import { uninstallClis } from '../../agents/clis/update-clis.ts'
import { createContext } from '../../agents/context.ts'
import { AgentvmCommand } from '../../agentvm-command.ts'

export default class ProfilesUninstall extends AgentvmCommand {
  static override description =
    "Remove CLIs that 'profiles install' has installed. Running agents go on: their files are removed later."
  static override examples = ['<%= config.bin %> profiles uninstall claude-code']
  static override strict = false
  static override args = {
    profile: Args.string({ required: true, ignoreStdin: true, description: 'names of profiles' }),
  }

  async run(): Promise<unknown> {
    const { argv } = await this.parse(ProfilesUninstall)
    const removed = await uninstallClis(createContext(this.home, this.config), argv as string[])
    for (const { profile, version } of removed) this.log(`${profile}: ${version} removed`)
    return removed
  }
}
