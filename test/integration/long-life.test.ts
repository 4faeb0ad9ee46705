import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { processesWith, TestHome, until } from '../support/agentvm.ts'
import { CliWorker } from '../support/cli-worker.ts'

/** How many agents come and go; CYCLES=10000 for a night. */
const CYCLES = Number(process.env.CYCLES ?? 6)
/** Agents that start and end at once, where there are many: the machine is busy with them, not with waiting for one. */
const SWARM = 20
/** Swarms after which one agent goes through a rename and a restart. */
const SWARMS_A_LIFE = 5
/** Cycles between two looks at what grows. */
const STRETCH = 500

describe('a long life', function () {
  this.timeout(240_000 + CYCLES * 12_000)

  it('leaves no file, descriptor, process or control group behind, and takes no more memory', async () => {
    const home = new TestHome()
    const cli = await CliWorker.start(home.path)
    const ok = async (...args: string[]) => {
      const { code, stderr } = await cli.run(...args)
      assert.equal(code, 0, `${args.join(' ')}: ${stderr}`)
    }
    const emptyTrash = async () => {
      await ok('clean', '--force')
      await ok('trash', 'empty', '--force')
    }
    const flags = ['--net', 'none', '-m', 'hello', '-e', 'A=b', '--', 'sleep', '1000']
    const one = async () => {
      await ok('spawn', 'a1', ...flags)
      await ok('rename', 'a1', 'b1')
      await ok('kill', 'b1')
      await ok('restart', 'b1')
      await ok('kill', 'b1')
      await emptyTrash()
    }
    const swarm = async () => {
      await ok('swarm', 'w', String(SWARM), ...flags)
      await ok('killall', '--force')
      await emptyTrash()
    }
    /** Swarms, and after every few of them one agent through all that may happen to it. */
    const cycle = async (agents: number) => {
      let left = agents
      for (let swarms = 1; left >= SWARM; swarms += 1, left -= SWARM) {
        await swarm()
        if (swarms % SWARMS_A_LIFE === 0) await one()
      }
      for (; left > 0; left -= 1) await one()
    }
    const files = () => readdirSync(home.path, { recursive: true, encoding: 'utf8' }).sort()
    const memory = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${cli.pid}/status`, 'utf8'))?.[1])
    const look = () => ({
      files: files().filter((path) => !/^(?:history\.log|events\.jsonl|provenance\/)/.test(path)),
      descriptors: readdirSync(`/proc/${cli.pid}/fd`).length,
      processes: processesWith(home.path),
    })
    /** What goes on in the background for a moment has ended. */
    const atRest = () => until(() => processesWith(home.path).length === 0, 'the end of all processes')
    const report = (done: number) => {
      const { files: kept, descriptors, processes } = look()
      const figures = [`${memory()} KiB`, `${kept.length} files`, `${descriptors} descriptors`]
      process.stdout.write(`${done} cycles: ${figures.join(', ')}, ${processes.length} processes\n`)
    }
    try {
      await cycle(Math.min(Math.ceil(CYCLES / 4), STRETCH))
      await atRest()
      const early = look()
      const memories: number[] = []
      for (let done = 0; done < CYCLES; ) {
        const stretch = Math.min(STRETCH, CYCLES - done)
        await cycle(stretch)
        done += stretch
        memories.push(memory())
        if (CYCLES > STRETCH) report(done)
      }
      await atRest()
      assert.deepEqual(look(), early)
      // A heap goes up and down between collections, and still grows in a process that has done little yet: where one
      // leaks, the most that it takes grows without end.
      const third = Math.floor(memories.length / 3)
      if (third >= 2) {
        const [first, last] = [Math.max(...memories.slice(0, third)), Math.max(...memories.slice(-third))]
        assert.ok(last < first * 1.15, `${first} → ${last} KiB`)
      }
    } finally {
      cli.stop()
      await home.remove()
    }
  })
})
