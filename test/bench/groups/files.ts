import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { agentvm, inHome } from '../agentvm.ts'
import type { Workbench } from '../workbench.ts'

const COUNT = 100_000

/** A workspace of very many files. */
export async function files(bench: Workbench): Promise<void> {
  const home = bench.home()
  writeFiles(home.file('workspaces', 'big'), COUNT)
  await home.ok('spawn', 'big', '--net', 'none', '--', 'true')
  await home.ok('wait', 'big')
  await bench.time([
    {
      ...{ name: `diff, ${COUNT} files`, argv: () => agentvm('diff', 'big', '--json'), ...inHome(home) },
      ...{ target: { most: 1_000 }, rounds: 5 },
    },
  ])
}

/** Writes so many short files, 100 to a folder. */
function writeFiles(root: string, count: number): void {
  for (let index = 0; index < count; index += 1) {
    const folder = join(root, `${Math.floor(index / 2_000)}`, `${index % 20}`)
    if (index % 2_000 < 20) mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, `${index}.txt`), `line ${index}\n`.repeat(100))
  }
}
