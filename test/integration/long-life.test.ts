import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { processesWith, TestHome } from '../support/agentvm.ts'
import { CliWorker } from '../support/cli-worker.ts'

/** How many agents come and go; CYCLES=10000 for a night. */
const CYCLES = Number(process.env.CYCLES ?? 6)

describe('a long life', function () {
  this.timeout(60_000 + CYCLES * 3_000)

  it('leaves no file, descriptor, process or control group behind, and takes no more memory', async () => {
    const home = new TestHome()
    const cli = await CliWorker.start(home.path)
    const ok = async (...args: string[]) => {
      const { code, stderr } = await cli.run(...args)
      assert.equal(code, 0, `${args.join(' ')}: ${stderr}`)
    }
    const cycle = async () => {
      await ok('spawn', 'a1', '--net', 'none', '-m', 'hello', '-e', 'A=b', '--', 'sleep', '1000')
      await ok('rename', 'a1', 'b1')
      await ok('kill', 'b1')
      await ok('restart', 'b1')
      await ok('kill', 'b1')
      await ok('clean', '--force')
      await ok('trash', 'empty', '--force')
    }
    const files = () => readdirSync(home.path, { recursive: true, encoding: 'utf8' }).sort()
    const memory = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${cli.pid}/status`, 'utf8'))?.[1])
    const look = () => ({
      files: files().filter((path) => !/^(?:history\.log|events\.jsonl|provenance\/)/.test(path)),
      descriptors: readdirSync(`/proc/${cli.pid}/fd`).length,
      processes: processesWith(home.path),
    })
    try {
      for (let index = 0; index < CYCLES / 4; index += 1) await cycle()
      const [early, memoryEarly] = [look(), memory()]
      for (let index = 0; index < CYCLES; index += 1) await cycle()
      assert.deepEqual(look(), early)
      // The heap of a process that has done little yet still grows; one that leaks grows without end.
      if (CYCLES >= 1000) assert.ok(memory() < memoryEarly * 1.3, `${memoryEarly} → ${memory()} KiB`)
    } finally {
      cli.stop()
      await home.remove()
    }
  })
})
