import { Args, Flags } from '@oclif/core'
import { type Context, createContext } from '../agents/context.ts'
import { changeNetwork } from '../agents/network/change-network.ts'
import { networkReport } from '../agents/network/report.ts'
import { agentRequests } from '../agents/network/requests.ts'
import { AgentvmCommand } from '../agentvm-command.ts'
import { UserError } from '../errors.ts'
import { networkText, requestLine } from '../terminal/network-text.ts'
import { Output, untilInterrupted } from '../terminal/output.ts'

const hosts = { helpValue: 'HOST', multiple: true, multipleNonGreedy: true } as const

export default class Net extends AgentvmCommand {
  static override description =
    'Show and change which hosts an agent may reach.\nA change holds at once, and for every later start. HOST is a name, HOST:PORT, *.HOST, HOST=private for a private address, or @git, @npm, @pypi, @profile.'
  static override examples = [
    { description: 'what is open, what was refused', command: '<%= config.bin %> net c1' },
    '<%= config.bin %> net c1 --allow api.example.com --allow @npm',
    '<%= config.bin %> net c1 --revoke api.example.com',
    { description: 'refusals as they come', command: '<%= config.bin %> net c1 --denied -f' },
  ]
  static override usage = 'net NAME [--allow HOST… | --revoke HOST…] [--log | --denied] [-f]'
  static override args = {
    name: Args.string({ required: true, ignoreStdin: true, description: 'name of the agent' }),
  }
  static override flags = {
    allow: Flags.string({ ...hosts, description: 'open a host, repeatable' }),
    revoke: Flags.string({ ...hosts, description: 'close a host, and end its connections; repeatable' }),
    log: Flags.boolean({ description: 'every request on record', exclusive: ['allow', 'revoke'] }),
    denied: Flags.boolean({ description: 'requests that were refused', exclusive: ['allow', 'revoke'] }),
    follow: Flags.boolean({
      char: 'f',
      description: 'go on with those that come',
      exclusive: ['allow', 'revoke'],
    }),
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(Net)
    const context = createContext(this.home, this.config)
    const { allow = [], revoke = [] } = flags
    if (allow.length > 0 || revoke.length > 0) {
      const { ended } = await changeNetwork(context, args.name, { allow, revoke })
      if (ended > 0) this.logToStderr(`${ended} open connections ended`)
    }
    if (flags.log || flags.denied || flags.follow) return this.printRequests(context, args.name, flags)
    const report = await networkReport(context, args.name)
    this.log(networkText(report, this.stdout).trimEnd())
    return report
  }

  private async printRequests(
    context: Context,
    name: string,
    view: { denied: boolean; follow: boolean },
  ): Promise<unknown> {
    if (!this.jsonEnabled()) {
      const output = new Output()
      const interrupted = await untilInterrupted(async (interruption) => {
        const signal = AbortSignal.any([interruption, output.closed])
        for await (const entry of agentRequests(context, name, view, signal)) {
          await output.write(requestLine(entry, this.stdout))
        }
      })
      return interrupted ? this.exit(130) : undefined
    }
    if (view.follow) throw new UserError("--json can't follow", { exitCode: 2 })
    const entries: unknown[] = []
    const never = new AbortController().signal
    for await (const entry of agentRequests(context, name, view, never)) entries.push(entry)
    return entries
  }
}
