import assert from 'node:assert/strict'
import { runHostScript } from '../../src/agents/spawn/host-script.ts'
import { processesWith, until } from '../support/agentvm.ts'

const run = (script: string, limitMs?: number) =>
  runHostScript({
    argv: ['/bin/sh', '-c', script],
    cwd: '/',
    env: { PATH: process.env.PATH },
    ...(limitMs === undefined ? {} : { limitMs }),
  })

/** For how long what this run starts sleeps: others may run the same test at once. */
const SLEEP = `3403.${process.pid}`
const sleepers = () => processesWith(`sleep\0${SLEEP}\0`)

describe('a script of the user’s on the host', () => {
  it('is ended when its time is up, with what it has started, also if it ignores TERM', async () => {
    const result = await run(`trap "" TERM; sleep ${SLEEP} & sleep ${SLEEP}`, 200)
    assert.equal(result, 'took longer than 0.2 seconds, and was ended')
    await until(() => sleepers().length === 0, 'the end of its processes')
  })

  it('may leave something running in the background', async () => {
    assert.equal(await run(`sleep ${SLEEP} & exit 0`, 20_000), undefined)
    const pid = await until(() => sleepers()[0], 'what was left running')
    process.kill(pid)
  })

  it('says how it failed', async () => {
    assert.equal(await run('exit 9'), 'failed (exit code 9)')
    assert.equal(await run('kill -SEGV $$'), 'failed (SIGSEGV)')
    const missing = await runHostScript({ argv: ['/nonexistent'], cwd: '/', env: {} })
    assert.match(missing ?? '', /^could not be run: /)
  })
})
