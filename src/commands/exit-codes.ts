import { AgentvmCommand } from '../agentvm-command.ts'

/** What each exit code means; `run` and `wait --exit-code` pass the agent's own on. */
const EXIT_CODES: Record<string, string> = {
  0: 'done',
  1: 'failed',
  2: 'bad usage',
  3: 'verify: something could not be established',
  124: 'timed out',
  125: 'run: agentvm failed before the agent started',
  126: 'run: the command is not executable',
  127: 'run: the command was not found',
  130: 'interrupted',
  '128+N': 'ended by signal N',
}

const TABLE = Object.entries(EXIT_CODES)
  .map(([code, meaning]) => `${code.padEnd(6)} ${meaning}`)
  .join('\n')

export default class ExitCodes extends AgentvmCommand {
  protected static override readonly needsHome = false
  static override hidden = true
  static override description =
    `Exit codes of agentvm.\n\n${TABLE}\n\nrun and wait --exit-code pass the agent's own code on.`

  async run(): Promise<unknown> {
    await this.parse(ExitCodes)
    this.log(TABLE)
    return EXIT_CODES
  }
}
