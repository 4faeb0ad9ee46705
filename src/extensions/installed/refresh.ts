import { Config } from '@oclif/core'

/** Makes the completion scripts anew, after plugins have come or gone. */
export async function refreshCompletion(old: Config): Promise<void> {
  // The old one was read before the change, and hands on the plugins that it has.
  const { plugins: _, ...options } = old.options
  const config = await Config.load(options)
  await config.runCommand('autocomplete:create')
}
