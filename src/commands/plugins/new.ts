import { Args, Flags } from '@oclif/core'
import { AgentvmCommand } from '../../agentvm-command.ts'
import { PLUGIN_KINDS, type PluginKind, writeNewPlugin } from '../../extensions/new-plugin.ts'
import { newPluginText } from '../../terminal/plugin-table.ts'

export default class PluginsNew extends AgentvmCommand {
  static override description =
    `Write a new plugin: one that works, with its types, its tests and its README, to be changed into yours.

It brings a profile (how to run an agent CLI), a sandbox backend, an identity provider, or hooks that follow agents.
docs/extending.md has a tutorial.`
  static override examples = [
    '<%= config.bin %> plugins new profile my-agent',
    {
      description: 'under your npm scope',
      command: '<%= config.bin %> plugins new hook audit --scope @acme',
    },
  ]
  static override args = {
    kind: Args.string({
      required: true,
      ignoreStdin: true,
      options: [...PLUGIN_KINDS],
      description: 'what it brings',
    }),
    name: Args.string({ required: true, ignoreStdin: true, description: 'the name of what it brings' }),
  }
  static override flags = {
    dir: Flags.string({
      helpValue: 'FOLDER',
      description: 'the folder to write; ./agentvm-KIND-NAME if left out',
    }),
    scope: Flags.string({ helpValue: '@SCOPE', description: 'npm scope of the package' }),
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(PluginsNew)
    const written = writeNewPlugin(this.config.root, {
      kind: args.kind as PluginKind,
      name: args.name,
      scope: flags.scope,
      folder: flags.dir,
    })
    this.log(newPluginText(written))
    return written
  }
}
