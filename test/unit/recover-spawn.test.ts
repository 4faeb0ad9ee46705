import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { LAUNCHER } from '../../src/agents/process-look.ts'
import { recoverSpawn } from '../../src/agents/spawn/recover.ts'
import { RUN_FILES } from '../../src/agents/spawn/run-files.ts'
import { TerminalHome } from '../support/terminal-agent.ts'

describe('a spawn that is taken back', () => {
  let home: TerminalHome
  beforeEach(() => {
    home = new TerminalHome()
  })
  afterEach(() => home.remove())

  it('lets no launcher start that no look at the processes has shown yet', async () => {
    const record = home.record('a1', { pid: 0 })
    const runDir = home.home.runDir(record.id)
    const launcher = join(runDir, RUN_FILES.launcher)
    const started = join(home.home.root, 'started')
    home.write(launcher, `: >'${started}'\n`)
    home.write(record.logFile, '')
    const marked = spawn('sleep', ['60'], { env: { ...process.env, [LAUNCHER]: record.id } })
    // It carries no mark, as a process that is about to become the launcher, and does so as soon as the marked one is gone.
    const unmarked = spawn('sh', ['-c', `while kill -0 ${marked.pid}; do :; done; exec sh '${launcher}'`])
    const ends = Promise.all([once(marked, 'exit'), once(unmarked, 'exit')])
    await sleep(100)
    await recoverSpawn(home.context, record)
    await ends
    assert.equal(existsSync(started), false)
    assert.equal(existsSync(runDir), false)
  })
})
