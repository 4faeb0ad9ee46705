import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { agentvm, inHome } from '../agentvm.ts'
import type { Workbench } from '../workbench.ts'

const COUNT = 100_000
const COPIES = 3

/** Workspaces of very many files: copied in, copied on, and compared. */
export async function files(bench: Workbench): Promise<void> {
  const home = bench.home()
  const folder = bench.folder()
  const source = join(folder, 'source')
  writeFiles(source, COUNT)
  const seed = (name: string) => agentvm('spawn', name, '--from-dir', source, '--net', 'none', '--', 'true')
  await home.ok(...seed('big').slice(2))
  await home.ok('wait', 'big')
  bench.say(`${COUNT} files are written`)
  // The files have just been written and copied once: they are in memory.
  const copies = { ...inHome(home), rounds: Math.min(bench.rounds, COPIES), cold: true }
  const floor = `cp -a --reflink=auto, ${COUNT} files`
  const target = { ratio: 1 }
  const remove = async (name: string) => {
    await home.ok('wait', name)
    await home.ok('clean', name, '--force')
    for (const entry of readdirSync(home.file('trash')))
      rmSync(home.file('trash', entry), { recursive: true })
  }
  await bench.time([
    {
      ...{ name: floor, argv: () => ['cp', '-a', '--reflink=auto', source, join(folder, 'copy')] },
      ...{ after: () => rmSync(join(folder, 'copy'), { recursive: true }), ...copies },
    },
    {
      ...{ name: `spawn --from-dir, ${COUNT} files`, argv: () => seed('seeded'), floor, target },
      ...{ after: () => remove('seeded'), ...copies },
    },
    {
      ...{ name: `clone, ${COUNT} files`, argv: () => agentvm('clone', 'big', 'cloned'), floor, target },
      ...{ after: () => remove('cloned'), ...copies },
    },
  ])
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
