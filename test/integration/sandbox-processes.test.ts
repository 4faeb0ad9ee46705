import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { processesWith, until } from '../support/agentvm.ts'
import { ACTORS, Box } from '../support/wrapped.ts'

let count = 0
/** A number of seconds to sleep that no other process of this machine sleeps. */
const uniqueSleep = () => `98${process.pid}.${++count}`

for (const actor of ACTORS) {
  describe(`processes in a sandbox of ${actor.name}`, () => {
    let box: Box
    before(() => {
      box = new Box(actor)
    })
    after(() => box.remove())

    it('see only themselves', async () => {
      const pids = (await box.says('ls /proc | grep -E "^[0-9]+$"')).split('\n').map(Number)
      assert.ok(pids.length <= 5 && Math.max(...pids) < 20, pids.join(' '))
      assert.equal(
        await box.says(`ls -d /proc/${process.pid} >/dev/null || echo unseen`).then(last),
        'unseen',
      )
    })

    it('can’t signal the host’s', async () => {
      const victim = spawn('sleep', [uniqueSleep()], actor.uid === process.getuid?.() ? {} : actor)
      await box.sh(`kill -9 ${victim.pid}; kill -9 -1`)
      await new Promise((resolve) => setTimeout(resolve, 50))
      assert.equal(victim.exitCode ?? victim.signalCode, null)
      victim.kill('SIGKILL')
    })

    it('can’t end the sandbox’s own first process', async () => {
      assert.equal(
        await box.says('kill -9 1; kill -TERM 1; kill -INT 1; sleep 0.1; echo alive').then(last),
        'alive',
      )
    })

    it('end with the command, whatever they did to detach themselves', async () => {
      const mark = uniqueSleep()
      const detach = `setsid sleep ${mark} & (setsid sh -c 'trap "" HUP TERM; sleep ${mark}; :' &); nohup sleep ${mark} &`
      const count = 'cat /proc/[0-9]*/comm 2>/dev/null | grep -c sleep'
      const wait = `i=0; until [ "$(${count})" = 3 ] || [ $((i += 1)) -gt 300 ]; do sleep 0.1; done`
      assert.equal(await box.says(`{ ${detach} } >/dev/null 2>&1; ${wait}; ${count}`), '3')
      await until(() => processesWith(mark).length === 0, 'the end of what was detached')
    })

    it('end when bubblewrap is killed', async () => {
      const mark = uniqueSleep()
      const child = box.start([
        'sh',
        '-c',
        `trap "" HUP TERM INT; (setsid sleep ${mark} &) ; sleep ${mark}; :`,
      ])
      await until(() => processesWith(`sleep\0${mark}`).length === 2, 'the start')
      child.kill('SIGKILL')
      await until(() => processesWith(mark).length === 0, 'the end of all')
    })

    it('end when the launcher above bubblewrap is killed', async () => {
      const mark = uniqueSleep()
      const launcher = box.launcher(['sh', '-c', `sleep ${mark}; :`])
      const parent = spawn(
        '/bin/sh',
        ['-c', `sh ${launcher}; :`],
        actor.uid === process.getuid?.() ? {} : actor,
      )
      // The command itself: a sandbox that is only coming up may miss that its launcher is gone.
      await until(() => processesWith(`sleep\0${mark}`).length === 1, 'the start')
      parent.kill('SIGKILL')
      await until(() => processesWith(mark).length === 0, 'the end of all')
    })

    it('leave no process of the sandbox behind after many starts at once', async () => {
      const mark = uniqueSleep()
      await Promise.all(Array.from({ length: 8 }, () => box.sh(`sleep ${mark} & sleep 0.05`)))
      await until(() => processesWith(mark).length === 0, 'the end of all')
    })
  })
}

const last = (text: string) => text.split('\n').at(-1)
