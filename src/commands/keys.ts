import { Args } from '@oclif/core'
import { createContext } from '../agents/context.ts'
import { allKeys } from '../agents/profile-report/keys.ts'
import { AgentvmCommand } from '../agentvm-command.ts'
import { keyTable } from '../terminal/key-table.ts'

export default class Keys extends AgentvmCommand {
  static override description =
    'Show the API keys of every profile: set in the env file, in your shell, or missing; values masked.'
  static override examples = ['<%= config.bin %> keys', '<%= config.bin %> keys codex']
  static override args = {
    profile: Args.string({ ignoreStdin: true, description: 'only the keys of this profile' }),
  }

  async run(): Promise<unknown> {
    const { args } = await this.parse(Keys)
    const keys = await allKeys(createContext(this.home, this.config), args.profile)
    this.log(keyTable(keys, this.stdout).trimEnd())
    return keys
  }
}
