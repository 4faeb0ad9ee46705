import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import type { TestHome } from '../../support/agentvm.ts'
import { GitlawbNode } from '../../support/gitlawb-node.ts'
import { agentvm, inHome } from '../agentvm.ts'
import { TELLS_TIME, untilFirstByte } from '../first-byte.ts'
import { logOf } from '../logs/log-of.ts'
import type { Case } from '../measure.ts'
import { endRawAgents, rawAgent } from '../raw.ts'
import type { Workbench } from '../workbench.ts'

/** Agents started one at a time, against tmux and bubblewrap alone. */
export async function spawn(bench: Workbench): Promise<void> {
  const home = bench.home()
  const sockets = bench.folder()
  const node = await GitlawbNode.start()
  bench.later(() => node.stop())
  const agent = (prefix: string, ...flags: string[]) => ({
    argv: (round: number) => agentvm('spawn', `${prefix}${round}`, ...flags, '--', 'sleep', '1000'),
    after: (round: number) => home.ok('kill', `${prefix}${round}`),
    env: { AGENTVM_HOME: home.path, GITLAWB_NODE: node.url },
  })
  const end = () => endRawAgents(sockets)
  bench.later(end)
  await bench.time([
    {
      name: 'raw tmux + bwrap',
      argv: (round) => rawAgent(join(sockets, `s${round}`), 'sleep', '1000'),
      after: end,
    },
    { name: 'spawn', ...agent('b', '--net', 'none'), floor: 'raw tmux + bwrap' },
    ...firstByteCases(home, sockets, bench.signal, end),
    {
      ...{ name: 'spawn, allow-list', ...agent('n', '--net', 'allowlist') },
      ...{ floor: 'spawn', target: { ratio: 1.8 } },
    },
    { name: 'spawn with a DID', ...agent('d', '--net', 'none', '--gitlawb'), floor: 'spawn' },
  ])
}

/** What passes until the program in an agent has written something, and at least has to: with Node alone, and with agentvm's own start. */
function firstByteCases(
  home: TestHome,
  sockets: string,
  signal: AbortSignal,
  end: () => Promise<void>,
): Case[] {
  const { env } = inHome(home)
  const raw = (name: string, before: string[]): Case => ({
    name,
    time: (round) => {
      const socket = join(sockets, `s${round}`)
      const screen = () => execFileSync('tmux', ['-S', socket, 'capture-pane', '-p'], { encoding: 'utf8' })
      return untilFirstByte([before, rawAgent(socket, ...TELLS_TIME)], env, signal, screen)
    },
    after: end,
  })
  const floor = 'list -q, then raw tmux + bwrap, to the first byte'
  return [
    raw('node -e 0, then raw tmux + bwrap, to the first byte', [process.execPath, '-e', '0']),
    raw(floor, agentvm('list', '-q')),
    {
      ...{ name: 'spawn, to the first byte', floor, target: { ratio: 1.3 } },
      time: (round) => {
        const argv = agentvm('spawn', `f${round}`, '--net', 'none', '--', ...TELLS_TIME)
        return untilFirstByte([argv], env, signal, () => logOf(home, `f${round}`))
      },
      after: (round) => home.ok('kill', `f${round}`),
    },
  ]
}
