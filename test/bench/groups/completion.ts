import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Workbench } from '../workbench.ts'

const AGENTS = [20, 1_000]

/** Calls bash's completion function for `agentvm attach w-1` as Tab does, once to have it read, and prints the microseconds of the next. */
const TAB = `. "$1"; COMP_WORDS=(agentvm attach w-1) COMP_CWORD=2 COMP_LINE='agentvm attach w-1' COMP_POINT=18
_agentvm_complete
began=\${EPOCHREALTIME//[.,]/}; _agentvm_complete; ended=\${EPOCHREALTIME//[.,]/}
((\${#COMPREPLY[@]} > 1)) && echo $((ended - began))`

/** What Tab takes to complete the name of an agent. */
export async function completion(bench: Workbench): Promise<void> {
  const folder = bench.folder()
  const script = join(folder, 'agentvm.bash')
  const home = bench.home()
  writeFileSync(script, await home.ok('completion', 'bash'))
  await home.ok('spawn', 'w-0', '--net', 'none', '--', 'sleep', '1000')
  const state = home.read('state', 'w-0.env')
  await bench.time(
    AGENTS.map((count) => {
      const many = join(folder, String(count))
      mkdirSync(join(many, 'state'), { recursive: true })
      for (let index = 0; index < count; index += 1)
        writeFileSync(join(many, 'state', `w-${index}.env`), state.replaceAll("'w-0'", `'w-${index}'`))
      const env = { ...process.env, AGENTVM_HOME: many }
      return {
        name: `Tab completion of a name, ${count} agents`,
        time: async () => {
          const spent = execFileSync('bash', ['--norc', '-c', TAB, 'bash', script], { env, encoding: 'utf8' })
          return Number(spent) / 1000
        },
        ...(count === AGENTS[0] ? { target: { most: 5 } } : {}),
      }
    }),
  )
}
