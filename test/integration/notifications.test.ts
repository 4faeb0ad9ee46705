import assert from 'node:assert/strict'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { isLocked } from '../../src/system/lock.ts'
import { processesWith, TestHome, until } from '../support/agentvm.ts'

/** Works on a prompt, asks, and ends: with a reason that a shell would execute. */
const STAND_IN = `#!/bin/sh
printf 'ready> '; read -r _; clear
printf '* at work\\n'; while [ ! -e go ]; do sleep 0.05; done; clear
printf 'Sure $(touch /tmp/x)? (y/n) '; read -r _; clear
printf 'ready> '; read -r _
exit 3
`

const PROFILE = {
  command: ['sh', '-c', STAND_IN],
  activity: {
    rules: [
      {
        ...{ id: 'asks', state: 'waiting', reason: 'question $(touch "$HOME/pwned")' },
        ...{ in: 'bottom', lines: 1, match: '\\(y/n\\)$' },
      },
      { id: 'works', state: 'working', in: 'bottom', lines: 1, match: '^\\* at work' },
      { id: 'prompt', state: 'idle', in: 'bottom', lines: 1, match: '^ready>' },
    ],
  },
}

describe('notifications', () => {
  let home: TestHome
  before(() => {
    home = new TestHome()
    mkdirSync(home.file('profiles'), { recursive: true, mode: 0o700 })
    writeFileSync(home.file('profiles/standin.json'), JSON.stringify(PROFILE))
  })
  after(() => home.remove())

  it('are checked by doctor', async () => {
    await home.ok('config', 'set', 'AGENTVM_NOTIFY=/no/such/program with an argument')
    assert.match(
      (await home.run(['doctor'])).stdout,
      /there is no \/no\/such\/program, by which AGENTVM_NOTIFY/,
    )
    assert.equal((await home.run(['config', 'set', "AGENTVM_NOTIFY='unclosed"])).code, 2)
  })

  it('tell a program of the user’s that an agent waits, is done, and has ended, without a shell', async () => {
    const notified = home.file('notified')
    const script = home.file('tell')
    writeFileSync(
      script,
      `#!/bin/sh\nprintf '%s|%s|%s|%s|%s\\n' "$1" "$AGENTVM_EVENT" "$AGENTVM_AGENT" "$AGENTVM_REASON" "\${AN_API_KEY-none}" >>'${notified}'\n`,
      { mode: 0o700 },
    )
    await home.ok('config', 'set', `AGENTVM_NOTIFY='${script}' 'an argument'`)
    const env = { AN_API_KEY: 'secret' }
    await home.run(['spawn', 'n1', '-p', 'standin', '--net', 'none'], { env })
    const told = () => (existsSync(notified) ? home.read('notified').trimEnd().split('\n') : [])
    await home.ok('exec', 'n1', '--wait', '--timeout', '60', 'begin')
    await home.ok('wait', 'n1', '--until', 'idle', '--timeout', '1').catch(() => {})
    assert.deepEqual(told(), [], 'nothing of its first idleness, nor of its work')
    writeFileSync(home.file('workspaces/n1/go'), '')
    await until(() => told().length === 1, 'the question')
    await home.ok('exec', 'n1', 'y')
    await until(() => told().length === 2, 'the end of its work')
    await home.ok('exec', 'n1', 'bye')
    await until(() => told().length === 3, 'its end')
    assert.deepEqual(told(), [
      'an argument|waiting|n1|question $(touch "$HOME/pwned")|none',
      'an argument|idle|n1||none',
      'an argument|dead|n1|exited|none',
    ])
    await until(
      () => processesWith('attend').length === 0 || !isLocked(home.file('messages/attendant.lock')),
      'its end',
    )
  })
})
