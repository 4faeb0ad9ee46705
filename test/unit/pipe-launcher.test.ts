import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { pipeLauncher } from '../../src/agents/spawn/launcher.ts'

describe('the launcher of a run', () => {
  let runDir: string
  beforeEach(() => {
    runDir = mkdtempSync(join(tmpdir(), 'agentvm-launcher-'))
  })
  afterEach(() => rmSync(runDir, { recursive: true, force: true }))

  for (const input of [true, false])
    it(`ends, and never begins, where who started it dies before it opens its streams: input ${input}`, async () => {
      const begun = join(runDir, 'begun')
      const script = pipeLauncher({
        wrapped: { argv: ['/bin/sh', '-c', `: >${begun}`], env: {}, files: [], fds: [], ignoreSignals: [] },
        ...{ cwd: '/', runDir, input },
        bounds: { enter: [], scope: undefined, openFiles: undefined, memoryPerProcess: undefined },
      })
      const path = join(runDir, 'launch')
      writeFileSync(path, script)
      const launcher = spawn('/bin/sh', [path], { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] })
      ;(launcher.stdio[3] as Duplex).end()
      const ended = once(launcher, 'exit', { signal: AbortSignal.timeout(25_000) })
      assert.deepEqual(await ended.catch(() => launcher.kill('SIGKILL')), [125, null])
      assert.equal(existsSync(begun), false)
    })
})
