import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { signalOnceUp } from '../../src/agents/end/end-processes.ts'
import { decodeRecord } from '../../src/agents/state/record-codec.ts'
import { bootId, processStart } from '../../src/system/processes.ts'

/** Stands for a launcher whose sandbox takes a moment to come up; it ends with its agent, by whose end it tells. */
const LAUNCHER = `setTimeout(() => {
  const agent = require('child_process').spawn('sleep', ['1000'])
  agent.on('exit', (code, signal) => process.stdout.write(String(signal)))
}, 300)
process.stdout.write('up ')`

it('a signal to an agent that is coming up reaches it', async () => {
  const launcher = spawn(process.execPath, ['-e', LAUNCHER], { stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    let said = ''
    launcher.stdout.on('data', (chunk) => {
      said += chunk
    })
    await once(launcher.stdout, 'data')
    const pid = launcher.pid ?? 0
    const state = decodeRecord({ AGENT_FORMAT: '1', AGENT_ID: 'aaaaaaaa' }, 'a1')
    const closed = once(launcher, 'close')
    await signalOnceUp({ ...state, pid, pidStart: processStart(pid) ?? '', bootId: bootId() }, 'SIGTERM')
    await closed
    assert.equal(said, 'up SIGTERM')
  } finally {
    launcher.kill('SIGKILL')
  }
})
