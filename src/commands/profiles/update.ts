import { Args } from '@oclif/core'
import { updateClis } from '../../agents/clis/update-clis.ts'
import { createContext } from '../../agents/context.ts'
import { holdingInterrupts } from '../../agents/spawn/interrupt.ts'
import { AgentvmCommand } from '../../agentvm-command.ts'
import { cliFlags, cliOptions } from '../../command-line/cli-changes.ts'
import { failureText } from '../../terminal/failure-text.ts'

export default class ProfilesUpdate extends AgentvmCommand {
  static override description =
    "Bring the CLIs that 'profiles install' has installed, or those of the profiles that you name, to the versions that their profiles were checked with.\nOne that fails stays as it was. Running agents keep theirs until they are restarted."
  static override examples = ['<%= config.bin %> profiles update']
  static override strict = false
  static override args = {
    profile: Args.string({ ignoreStdin: true, description: 'names of profiles; all if there is none' }),
  }
  static override flags = cliFlags

  async run(): Promise<unknown> {
    const { argv, flags } = await this.parse(ProfilesUpdate)
    const context = createContext(this.home, this.config)
    const rows = await holdingInterrupts((signal) =>
      updateClis(context, argv as string[], cliOptions(flags, signal)),
    )
    for (const { profile, version, previous_version: previous, updated, error, fix } of rows) {
      if (error !== null)
        process.stderr.write(failureText(`${profile}: not updated: ${error}`, fix ?? undefined))
      else this.log(updated ? `${profile}: ${previous} → ${version}` : `${profile}: ${version} is up to date`)
    }
    if (rows.length === 0) this.logToStderr("no CLI is installed by 'profiles install'")
    if (rows.some(({ error }) => error !== null)) process.exitCode = 1
    return rows
  }
}
