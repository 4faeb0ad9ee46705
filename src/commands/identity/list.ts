import { createContext } from '../../agents/context.ts'
import { listIdentities } from '../../agents/identity/manage.ts'
import { AgentvmCommand } from '../../agentvm-command.ts'
import { identityTable } from '../../terminal/identity-text.ts'

export default class IdentityList extends AgentvmCommand {
  static override description = 'List the identities (DIDs) of agents, and whether the network knows them.'
  static override examples = ['<%= config.bin %> identity list']

  async run(): Promise<unknown> {
    await this.parse(IdentityList)
    const rows = listIdentities(createContext(this.home, this.config))
    if (rows.length > 0) this.log(identityTable(rows, this.stdout).trimEnd())
    else if (process.stderr.isTTY)
      this.logToStderr("no agent has one; 'agentvm spawn NAME --gitlawb' gives one")
    return rows
  }
}
