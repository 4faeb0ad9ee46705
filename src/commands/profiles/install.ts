import { Args } from '@oclif/core'
import { installCli } from '../../agents/clis/install-cli.ts'
import { createContext } from '../../agents/context.ts'
import { holdingInterrupts } from '../../agents/spawn/interrupt.ts'
import { AgentvmCommand } from '../../agentvm-command.ts'
import { cliFlags, cliOptions } from '../../command-line/cli-changes.ts'

export default class ProfilesInstall extends AgentvmCommand {
  static override description =
    `Install a profile's CLI from npm, in the version that the profile was checked with.
It goes into agentvm's own folder, not among your global packages, and agents of the profile use it before any on your PATH.
npm has your configuration; install scripts don't run. If anything fails, what was there before stays.`
  static override examples = [
    '<%= config.bin %> profiles install claude-code',
    { description: 'another version', command: '<%= config.bin %> profiles install codex@latest' },
  ]
  static override args = {
    profile: Args.string({
      required: true,
      ignoreStdin: true,
      description: 'name of the profile, with @VERSION for another version',
    }),
  }
  static override flags = cliFlags

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(ProfilesInstall)
    const [name = '', version] = args.profile.split('@', 2)
    const context = createContext(this.home, this.config)
    const profile = await context.extensions.profile(name)
    const change = await holdingInterrupts((signal) =>
      installCli(context, profile, { ...cliOptions(flags, signal), version: version || undefined }),
    )
    const what = `${profile.name}: ${profile.command[0]} ${change.version}`
    this.log(change.installed ? `${what} installed: ${change.path}` : `${what} is installed: ${change.path}`)
    return change
  }
}
