import { writeFileSync } from 'node:fs'
import type { TestHome } from '../../support/agentvm.ts'
import { agentvm, inHome } from '../agentvm.ts'
import { RAW_SANDBOX } from '../raw.ts'
import type { Workbench } from '../workbench.ts'

/** How short a command can be: what the short form times. */
export async function start(bench: Workbench): Promise<void> {
  const empty = inHome(bench.home())
  const records = bench.home()
  await fillWithRecords(records, 1_000)
  await bench.time([
    { name: 'node -e 0', argv: () => [process.execPath, '-e', '0'] },
    {
      ...{ name: 'list -q, no agents', argv: () => agentvm('list', '-q'), ...empty },
      ...{ floor: 'node -e 0', target: { ratio: 1.8 } },
    },
    {
      ...{ name: 'list, 1,000 records', argv: () => agentvm('list'), ...inHome(records) },
      ...{ floor: 'node -e 0', target: { most: 130 } },
    },
    { name: 'bwrap true', argv: () => [...RAW_SANDBOX, 'true'] },
    {
      ...{ name: 'run -- true', argv: () => agentvm('run', '--net', 'none', '--', 'true'), ...empty },
      ...{ floor: 'node -e 0', target: { most: 130 } },
    },
  ])
}

/** Makes so many dead agents: what `list` reads. */
async function fillWithRecords(home: TestHome, count: number): Promise<void> {
  await home.ok('spawn', 'a0', '--net', 'none', '--', 'true')
  await home.ok('wait', 'a0')
  const state = home.read('state', 'a0.env')
  for (let index = 1; index < count; index += 1) {
    writeFileSync(home.file('state', `a${index}.env`), state.replaceAll(/\ba0\b/g, `a${index}`))
  }
}
