import { createContext } from '../../agents/context.ts'
import { publicHomeKey } from '../../agents/provenance/home-key.ts'
import { AgentvmCommand, Flags } from '../../agentvm-command.ts'

export default class ProvenanceKey extends AgentvmCommand {
  static override description =
    "Print the public key by which this home's run records are verified elsewhere (verify --home-key)."
  static override examples = [
    '<%= config.bin %> provenance key',
    { description: 'for openssl', command: '<%= config.bin %> provenance key --pem' },
  ]
  static override flags = { pem: Flags.boolean({ description: 'as PEM instead of a did:key' }) }

  async run(): Promise<unknown> {
    const { flags } = await this.parse(ProvenanceKey)
    const key = publicHomeKey(createContext(this.home, this.config))
    this.log(flags.pem ? key.pem.trimEnd() : key.key)
    return key
  }
}
