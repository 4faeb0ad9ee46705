import { rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { TestHome } from '../../support/agentvm.ts'
import { InstalledCli } from '../../support/cli-installed.ts'
import { linkPlugins } from '../../support/linked-plugins.ts'
import { testPlugin } from '../../support/plugin.ts'
import type { Case } from '../measure.ts'
import { node22 } from '../node-22.ts'
import type { Workbench } from '../workbench.ts'

const PLUGINS = 10

/** How quickly the packed and installed CLI starts, on the Node.js of the repository and on the older one. */
export async function installed(bench: Workbench): Promise<void> {
  const cli = new InstalledCli()
  bench.later(() => cli.remove())
  cli.install()
  const homes = { none: bench.home(), one: bench.home(), plugins: bench.home() }
  await homes.one.ok('spawn', 'a1', '--net', 'none', '--', 'sleep', '1000')
  linkTen(homes.plugins)
  const nodes = [process.execPath, olderNode(bench)].filter((node) => node !== undefined)
  await bench.time(
    nodes.flatMap((node, index) => casesOf(cli, homes, node, index === 0 ? process.version : 'v22')),
  )
}

function olderNode(bench: Workbench): string | undefined {
  try {
    return node22()
  } catch (error) {
    bench.lacks('Node.js 22', (error as Error).message)
    return undefined
  }
}

/** The same starts on one Node.js. */
function casesOf(
  cli: InstalledCli,
  homes: Record<'none' | 'one' | 'plugins', TestHome>,
  node: string,
  version: string,
): Case[] {
  const suffix = `Node.js ${version.slice(1).replace(/\..*/, '')}`
  const floor = `node -e 0, ${suffix}`
  const plain = `installed list -q, ${suffix}`
  const cache = (name: string) => join(cli.folder, `cache of ${suffix} ${name}`)
  const list = (home: TestHome, name = 'usual') => ({
    argv: () => [join(cli.prefix, 'bin/agentvm'), 'list', '-q'],
    env: cli.env({
      PATH: `${dirname(node)}:${process.env.PATH}`,
      ...{ AGENTVM_HOME: home.path, XDG_CACHE_HOME: cache(name) },
    }),
  })
  return [
    { name: floor, argv: () => [node, '-e', '0'] },
    { name: plain, ...list(homes.none), floor, target: { ratio: 1.8 } },
    { name: `${plain}, one running agent`, ...list(homes.one), floor, target: { ratio: 1.8 } },
    { name: `${plain}, ten plugins`, ...list(homes.plugins), floor: plain, target: { plus: 10 } },
    {
      ...{ name: `${plain}, first run`, ...list(homes.none, 'first'), floor: plain },
      before: () => rmSync(cache('first'), { recursive: true, force: true }),
    },
  ]
}

/** Plugins as users write them: each with a profile, two commands and a hook. */
function linkTen(home: TestHome): void {
  const names = Array.from({ length: PLUGINS }, (_, index) => `agentvm-plugin-${index}`)
  linkPlugins(
    home,
    names.map((name, index) =>
      testPlugin(name, { profiles: [`profile-${index}`], commands: [`say${index}`, `topic${index}:say`] }),
    ),
  )
}
