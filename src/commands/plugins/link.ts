import { Args, Config, Flags } from '@oclif/core'
import { AgentvmCommand } from '../../agentvm-command.ts'
import { runPluginCommand } from '../../extensions/delegate.ts'
import { hasLockfile } from '../../extensions/install-source.ts'

export default class PluginsLink extends AgentvmCommand {
  static override description =
    'Use a plugin from the folder where you work on it. It comes before an installed or built-in one of the same name.'
  static override examples = ['<%= config.bin %> plugins link ./my-plugin']
  static override enableJsonFlag = false
  static override args = {
    path: Args.string({ default: '.', ignoreStdin: true, description: "the plugin's folder" }),
  }
  static override flags = {
    install: Flags.boolean({
      allowNo: true,
      default: true,
      description: 'install its dependencies, where a lockfile names them',
    }),
    verbose: Flags.boolean({ char: 'v', description: 'all output of npm' }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(PluginsLink)
    const install = flags.install && hasLockfile(args.path)
    await runPluginCommand(this.config, '@oclif/plugin-plugins', 'plugins:link', [
      args.path,
      ...(install ? [] : ['--no-install']),
      ...(flags.verbose ? ['--verbose'] : []),
    ])
    // Ours was read before there was the link, and hands on the plugins that it has.
    const { plugins: _, ...options } = this.config.options
    const config = await Config.load(options)
    await config.runCommand('autocomplete:create')
  }
}
