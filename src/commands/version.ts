import { AgentvmCommand } from '../agentvm-command.ts'

export default class Version extends AgentvmCommand {
  protected static override readonly needsHome = false
  static override description = 'Print the versions of agentvm, Node and, with --json, the plugins'
  static override examples = ['<%= config.bin %> version', '<%= config.bin %> version --json']

  async run(): Promise<object> {
    await this.parse(Version)
    const { name, version, plugins } = this.config
    const platform = `${process.platform}-${process.arch}`
    this.print(`${name} ${version} ${platform} node-${process.version}\n`)
    return {
      name,
      version,
      node: process.version,
      platform,
      plugins: [...plugins.values()]
        .filter((plugin) => plugin.name !== name)
        .map((plugin) => ({ name: plugin.name, version: plugin.version })),
    }
  }
}
