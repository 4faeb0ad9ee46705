import { Args, Flags } from '@oclif/core'
import { AgentvmCommand } from '../../agentvm-command.ts'
import { runPluginCommand } from '../../extensions/delegate.ts'
import { installSource } from '../../extensions/install-source.ts'

export default class PluginsInstall extends AgentvmCommand {
  static override aliases = ['plugins:add']
  static override description =
    'Install plugins into $AGENTVM_HOME/plugins: from npm, a git address, a tarball or a folder.\nA plugin is code that runs with your rights, outside of any sandbox: install only what you trust.'
  static override examples = [
    { description: 'from npm', command: '<%= config.bin %> plugins install agentvm-plugin-example' },
    {
      description: 'a tarball or a folder',
      command: '<%= config.bin %> plugins install ./my-plugin-1.0.0.tgz',
    },
    {
      description: 'from git',
      command: '<%= config.bin %> plugins install https://github.com/someone/some-plugin',
    },
  ]
  static override enableJsonFlag = false
  static override strict = false
  static override args = {
    plugin: Args.string({ required: true, ignoreStdin: true, description: 'what to install' }),
  }
  static override flags = {
    force: Flags.boolean({ char: 'f', description: 'fetch it even if a copy of it is there' }),
    silent: Flags.boolean({ char: 's', description: 'no output of npm', exclusive: ['verbose'] }),
    verbose: Flags.boolean({ char: 'v', description: 'all output of npm', exclusive: ['silent'] }),
  }

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(PluginsInstall)
    const options = Object.keys(flags).map((flag) => `--${flag}`)
    const sources = (argv as string[]).map(installSource)
    await runPluginCommand(this.config, '@oclif/plugin-plugins', 'plugins:install', [...sources, ...options])
  }
}
