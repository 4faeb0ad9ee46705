import { type Command, Help } from '@oclif/core'

/** The commands of the first page of help, by what one wants to do. Those of plugins come last. */
const GROUPS: [title: string, names: string[]][] = [
  ['LIFECYCLE COMMANDS', ['spawn', 'run', 'swarm', 'restart', 'up', 'clone', 'rename']],
  [
    'OBSERVING COMMANDS',
    [
      ...[
        'list',
        'ps',
        'info',
        'watch',
        'grid',
        'attach',
        'logs',
        'diff',
        'activity',
        'wait',
        'stats',
        'history',
      ],
      ...['open', 'net', 'tmux'],
    ],
  ],
  ['TALKING COMMANDS', ['exec', 'send', 'broadcast']],
  ['ENDING COMMANDS', ['kill', 'killall', 'clean', 'trash', 'purge']],
  [
    'CONFIGURING COMMANDS',
    [
      ...['profiles', 'sandboxes', 'identity', 'keys', 'env', 'config', 'plugins', 'doctor', 'upgrade'],
      ...['completion', 'autocomplete', 'commands', 'root', 'version', 'help'],
    ],
  ],
]

const MORE = `One command:  agentvm help COMMAND
Exit codes:   agentvm help exit-codes`

/** oclif's help with the first page in groups, other names of a command left out of lists, and our word for an unknown one. */
export default class AgentvmHelp extends Help {
  override async showHelp(argv: string[]): Promise<void> {
    try {
      await super.showHelp(argv)
    } catch (error) {
      const [, id] = /^Command (.+) not found\.$/.exec((error as Error).message) ?? []
      if (!id) throw error
      await this.config.runHook('command_not_found', { argv, id })
    }
  }

  protected override get sortedCommands(): Command.Loadable[] {
    return super.sortedCommands.filter(({ id, aliases }) => !aliases.includes(id))
  }

  protected override async showRootHelp(): Promise<void> {
    this.log(`${this.formatRoot()}\n`)
    const rows = this.firstWords()
    for (const [title, names] of GROUPS) this.showGroup(title, rows, names)
    const grouped = GROUPS.flatMap(([, names]) => names)
    const rest = [...rows.keys()].filter((name) => !grouped.includes(name))
    this.showGroup('OTHER COMMANDS', rows, rest)
    this.log(MORE)
  }

  /** What each first word does: a command, or a topic whose commands follow. */
  private firstWords(): Map<string, string> {
    const topics = this.sortedTopics
      .filter(({ name, hidden }) => !hidden && !name.includes(':'))
      .map(({ name, description }): [string, string] => [name, firstLine(description)])
    const commands = this.sortedCommands
      .filter(({ id }) => !id.includes(':'))
      .map((command): [string, string] => [command.id, firstLine(this.summary(command))])
    return new Map([...topics, ...commands])
  }

  private showGroup(title: string, rows: Map<string, string>, names: string[]): void {
    const list = names.flatMap((name) => (rows.has(name) ? [[name, rows.get(name)]] : []))
    if (list.length === 0) return
    const body = this.renderList(list as string[][], {
      indentation: 2,
      spacer: '\n',
      ...(this.opts.stripAnsi === undefined ? {} : { stripAnsi: this.opts.stripAnsi }),
    })
    this.log(`${this.section(title, body)}\n`)
  }
}

function firstLine(text = ''): string {
  return (text.split('\n')[0] ?? '').replace(/\.$/, '')
}
