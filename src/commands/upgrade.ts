import { Flags } from '@oclif/core'
import { AgentvmCommand } from '../agentvm-command.ts'
import { upgrade } from '../upgrade/upgrade.ts'

export default class Upgrade extends AgentvmCommand {
  protected static override readonly needsHome = false
  static override description = `Upgrade agentvm in the way that it was installed.

A git checkout is fast-forwarded, a global npm install gets the newest release. The new version is built aside and tried
first: if that fails, the old one stays.`
  static override examples = [
    '<%= config.bin %> upgrade',
    { description: 'only look', command: '<%= config.bin %> upgrade --check' },
    {
      description: 'without the network, an npm install only',
      command: '<%= config.bin %> upgrade --from ./agentvm-0.6.0.tgz',
    },
  ]
  static override flags = {
    check: Flags.boolean({ description: 'say whether there is a newer version, and change nothing' }),
    from: Flags.string({
      description:
        'npm package to take instead of the newest release: agentvm@VERSION, a tarball or a folder',
      helpValue: 'FILE',
      exclusive: ['check'],
    }),
  }

  async run(): Promise<unknown> {
    const { flags } = await this.parse(Upgrade)
    const result = await upgrade(this.config.root, {
      check: flags.check,
      source: flags.from,
      say: (what) => process.stderr.write(`agentvm: ${what} …\n`),
      env: process.env,
    })
    const at = (version: string, commit: string | null) => (commit ? `${version} (${commit})` : version)
    const from = at(result.from, result.from_commit)
    if (!result.available) this.log(`agentvm ${from} is the newest`)
    else this.log(`agentvm ${from} → ${at(result.to, result.to_commit)}`)
    if (result.available && !result.upgraded) this.logToStderr("'agentvm upgrade' takes it")
    return result
  }
}
