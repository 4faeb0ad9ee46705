import { Args } from '@oclif/core'
import { createContext } from '../../agents/context.ts'
import { holdingInterrupts } from '../../agents/spawn/interrupt.ts'
import { AgentvmCommand } from '../../agentvm-command.ts'
import { fetchFlags, installOptions } from '../../command-line/plugin-changes.ts'
import { refreshCompletion } from '../../extensions/installed/refresh.ts'
import { updatePlugins } from '../../extensions/installed/update.ts'
import { failureText } from '../../terminal/failure-text.ts'

export default class PluginsUpdate extends AgentvmCommand {
  static override description =
    'Update the plugins that you have installed, or those that you name, each from where it came from.\nOne that fails stays as it was. What is linked is always as it lies in its folder.'
  static override examples = [
    '<%= config.bin %> plugins update',
    '<%= config.bin %> plugins update profile-example --yes',
  ]
  static override strict = false
  static override args = {
    plugin: Args.string({ ignoreStdin: true, description: 'names of plugins; all if there is none' }),
  }
  static override flags = fetchFlags

  async run(): Promise<unknown> {
    const { argv, flags } = await this.parse(PluginsUpdate)
    const context = createContext(this.home, this.config)
    const rows = await holdingInterrupts((signal) =>
      updatePlugins(this.config, argv as string[], installOptions(context, flags, signal)),
    )
    for (const { name, version, previous_version: previous, updated, error, fix } of rows) {
      if (error !== null)
        process.stderr.write(failureText(`${name}: not updated: ${error}`, fix ?? undefined))
      else
        this.log(
          updated ? `${name}: ${previous ?? 'broken'} → ${version}` : `${name}: ${version} is the newest`,
        )
    }
    if (rows.length === 0) this.logToStderr('no plugin is installed')
    if (rows.some(({ updated }) => updated)) await refreshCompletion()
    if (rows.some(({ error }) => error !== null)) process.exitCode = 1
    return rows
  }
}
