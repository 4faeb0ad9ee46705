import { Args } from '@oclif/core'
import { createContext } from '../../agents/context.ts'
import { holdingInterrupts } from '../../agents/spawn/interrupt.ts'
import { AgentvmCommand } from '../../agentvm-command.ts'
import { fetchFlags, installOptions } from '../../command-line/plugin-changes.ts'
import { installSource } from '../../extensions/install-source.ts'
import { installPlugin, type PluginChange } from '../../extensions/installed/install.ts'
import { refreshCompletion } from '../../extensions/installed/refresh.ts'

export default class PluginsInstall extends AgentvmCommand {
  static override aliases = ['plugins:add']
  static override description = `Install plugins: from npm, a git repository, a tarball or a folder.

A plugin is code that runs with your rights, outside of any sandbox: install only what you trust. What it brings is shown
before it is made active; on a terminal you are asked. A name without a scope is looked up as @agentvm/NAME first.
If anything fails, everything stays as it was.`
  static override examples = [
    { description: 'from npm', command: '<%= config.bin %> plugins install profile-example' },
    { description: 'a version or tag', command: '<%= config.bin %> plugins install @someone/plugin@1.2' },
    { description: 'a tarball or a folder', command: '<%= config.bin %> plugins install ./plugin-1.0.0.tgz' },
    {
      description: 'from git',
      command: '<%= config.bin %> plugins install https://github.com/someone/plugin.git',
    },
  ]
  static override strict = false
  static override args = {
    plugin: Args.string({ required: true, ignoreStdin: true, description: 'what to install' }),
  }
  static override flags = fetchFlags

  async run(): Promise<unknown> {
    const { argv, flags } = await this.parse(PluginsInstall)
    const sources = (argv as string[]).map(installSource)
    const context = createContext(this.home, this.config)
    const changes: PluginChange[] = []
    try {
      for (const source of sources) {
        const change = await holdingInterrupts((signal) =>
          installPlugin(this.config, source, installOptions(context, flags, signal)),
        )
        changes.push(change)
        this.log(`${change.name}: installed ${change.version}`)
      }
    } finally {
      if (changes.length > 0) await refreshCompletion()
    }
    return changes
  }
}
