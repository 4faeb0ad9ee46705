import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { typeText } from '../../src/agents/delivery/deliver.ts'
import type { AgentRecord } from '../../src/agents/state/record.ts'
import { becomes, TerminalHome } from '../support/terminal-agent.ts'

/** Keeps each line that it reads, as a program does that leaves the editing of lines to the terminal. */
const LINES = `echo ready; while IFS= read -r line; do printf '%s\\n' "$line" >>got; done`
/** Keeps each key that it reads, and asks for pastes to be marked. */
const KEYS = `stty -icanon -echo -icrnl; printf '\\033[?2004hready'; cat >>got`

describe('text that is typed into a terminal', () => {
  let home: TerminalHome
  let lines: AgentRecord
  let keys: AgentRecord
  before(async () => {
    home = new TerminalHome()
    ;[lines, keys] = await Promise.all([home.start('lines', LINES), home.start('keys', KEYS)])
    for (const record of [lines, keys])
      assert.ok(await becomes(async () => (await home.screen(record)).includes('ready')))
  })
  after(() => home.remove())

  /** What comes of it: what the program got, once that ends so. */
  const got = async (name: 'lines' | 'keys', end: string) => {
    await becomes(() => home.read(name, 'got').endsWith(end))
    const text = home.read(name, 'got')
    home.write(`${home.home.workspace(name)}/got`, '')
    return text
  }

  it('is one line with Enter for a program that reads lines, and no Enter more', async () => {
    await typeText(lines, 'a b', { enter: true })
    await typeText(lines, 'one\ntwo\n', { enter: true })
    await typeText(lines, 'half, ', { enter: false })
    await typeText(lines, Buffer.from('whole'), { enter: true })
    await typeText(lines, '', { enter: true })
    await typeText(lines, '', { enter: false })
    await typeText(lines, 'end', { enter: true })
    assert.equal(await got('lines', 'end\n'), 'a b\none\ntwo\nhalf, whole\n\nend\n')
  })

  it('is a paste, and Enter a while after, for a program that reads keys', async () => {
    await typeText(keys, 'one\ntwo\n', { enter: true })
    assert.equal(await got('keys', '\r'), '\x1b[200~one\rtwo\r\x1b[201~\r')
    await typeText(keys, 'no enter', { enter: false })
    await typeText(keys, '', { enter: true })
    assert.equal(await got('keys', '\r'), '\x1b[200~no enter\x1b[201~\r')
    const began = performance.now()
    await typeText(keys, 'x', { enter: true })
    assert.ok(performance.now() - began >= 300)
    await got('keys', '\r')
  })

  it('is typed as well where the terminal is asked for by tmux', async () => {
    await typeText({ ...lines, pid: 0 }, 'asked\n', { enter: true })
    assert.equal(await got('lines', 'asked\n'), 'asked\n')
    const other = spawn('sleep', ['60'], { stdio: 'ignore' })
    await typeText({ ...keys, pid: other.pid ?? 0 }, 'k', { enter: true })
    other.kill()
    assert.equal(await got('keys', '\r'), '\x1b[200~k\x1b[201~\r')
  })

  it('is refused where a terminal would cut a line of it, with the line', async () => {
    const longest = 'x'.repeat(4095)
    await typeText(lines, `${longest}\nshort`, { enter: true })
    assert.equal(await got('lines', 'short\n'), `${longest}\nshort\n`)
    for (const [text, line] of [
      [`${longest}y`, 1],
      [`a\n${longest}y\nb`, 2],
      [`a\n\n${longest}y`, 3],
    ] as const) {
      await assert.rejects(() => typeText(lines, text, { enter: true }), {
        message: `line ${line} has 4096 bytes; the program of agent 'lines' reads whole lines, and a terminal cuts those at 4095`,
      })
    }
    await typeText(keys, `${longest}y`, { enter: true })
    assert.equal((await got('keys', '\r')).length, 4096 + '\x1b[200~\x1b[201~\r'.length)
    assert.equal(home.read('lines', 'got'), '')
  })
})
