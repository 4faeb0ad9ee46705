import { Args, Flags } from '@oclif/core'
import { AgentvmCommand } from '../../agentvm-command.ts'
import { hasLockfile } from '../../extensions/install-source.ts'
import { installDependencies } from '../../extensions/installed/fetch.ts'
import { linkPlugin } from '../../extensions/installed/link.ts'
import { refreshCompletion } from '../../extensions/installed/refresh.ts'

export default class PluginsLink extends AgentvmCommand {
  static override description =
    'Use a plugin from the folder where you work on it. It comes before an installed or built-in one of the same name.'
  static override examples = ['<%= config.bin %> plugins link ./my-plugin']
  static override args = {
    path: Args.string({ default: '.', ignoreStdin: true, description: "the plugin's folder" }),
  }
  static override flags = {
    install: Flags.boolean({
      allowNo: true,
      default: true,
      description: "install its dependencies, where npm's lockfile names them",
    }),
    verbose: Flags.boolean({ char: 'v', description: 'show what npm says' }),
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(PluginsLink)
    if (flags.install && hasLockfile(args.path))
      await installDependencies(args.path, flags.verbose, process.env)
    const { change, notes } = await linkPlugin(this.config, args.path, process.env)
    for (const note of notes) this.logToStderr(`note: ${note}`)
    this.log(`${change.name}: linked to ${change.from}`)
    await refreshCompletion()
    return change
  }
}
