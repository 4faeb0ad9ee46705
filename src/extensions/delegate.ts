import type { Config } from '@oclif/core'

/** Runs a command of a built-in oclif plugin that one of ours of the same name covers, with arguments as on the command line. */
export async function runPluginCommand(
  config: Config,
  plugin: string,
  id: string,
  argv: string[],
): Promise<unknown> {
  const instance = config.plugins.get(plugin)
  if (!instance) throw new Error(`${plugin} is missing from this agentvm`)
  const command = await instance.findCommand(id, { must: true })
  return command.run(argv, config)
}
