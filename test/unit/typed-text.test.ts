import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import fc from 'fast-check'
import { typeText } from '../../src/agents/delivery/deliver.ts'
import type { AgentRecord } from '../../src/agents/state/record.ts'
import { fuzzing, nasty, onlyUserError } from '../support/fuzz.ts'
import { becomes, TerminalHome } from '../support/terminal-agent.ts'

/** Keeps each line that it reads, as a program does that leaves the editing of lines to the terminal. */
const LINES = `echo ready; while IFS= read -r line; do printf '%s\\n' "$line" >>got; done`
/** Keeps each key that it reads, and asks for pastes to be marked. */
const KEYS = `stty -icanon -echo -icrnl; printf '\\033[?2004hready'; cat >>got`

/** What a line is refused for. */
const REFUSED = /[\x03\x04\x11-\x13\x15-\x17\x1a\x1c\x7f]|\x1b\[201~|.{1300}/su

describe('text that is typed into a terminal', function () {
  this.timeout(60_000)
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
    assert.equal(await got('keys', '~\r'), '\x1b[200~one\rtwo\r\x1b[201~\r')
    await typeText(keys, 'no enter', { enter: false })
    await typeText(keys, '', { enter: true })
    assert.equal(await got('keys', '~\r'), '\x1b[200~no enter\x1b[201~\r')
    const began = performance.now()
    await typeText(keys, 'x', { enter: true })
    assert.ok(performance.now() - began >= 300)
    await got('keys', '~\r')
  })

  it('is typed as well where the terminal is asked for by tmux', async () => {
    await typeText({ ...lines, pid: 0 }, 'asked\n', { enter: true })
    assert.equal(await got('lines', 'asked\n'), 'asked\n')
    const other = spawn('sleep', ['60'], { stdio: 'ignore' })
    await typeText({ ...keys, pid: other.pid ?? 0 }, 'k', { enter: true })
    other.kill()
    assert.equal(await got('keys', '~\r'), '\x1b[200~k\x1b[201~\r')
  })

  it('is the same however its lines end', async () => {
    const text = 'one\r\ntwo\rthree\n\r\nend'
    await typeText(lines, text, { enter: true })
    assert.equal(await got('lines', 'end\n'), 'one\ntwo\nthree\n\nend\n')
    await typeText(keys, text, { enter: true })
    assert.equal(await got('keys', '~\r'), '\x1b[200~one\rtwo\rthree\r\rend\x1b[201~\r')
  })

  it('arrives unchanged, whatever it is, or is refused with the line', async () => {
    for (const name of ['lines', 'keys'] as const) {
      const record = name === 'lines' ? lines : keys
      await fc.assert(
        fc.asyncProperty(nasty, async (text) => {
          const given = `${text}\nEND`
          try {
            await typeText(record, given, { enter: name === 'lines' })
          } catch (error) {
            onlyUserError(error)
            const line = Number(/^line (\d+) has /.exec((error as Error).message)?.[1])
            assert.match(given.split(/\r\n?|\n/)[line - 1] ?? '', REFUSED)
            assert.equal(home.read(name, 'got'), '')
            return
          }
          // What Node makes of a half of a character, and ends of lines, count as what they are.
          const whole = Buffer.from(given).toString().replaceAll(/\r\n?/g, '\n')
          if (name === 'keys') {
            const pasted = `\x1b[200~${whole}\x1b[201~`
            assert.equal(await got(name, 'END\x1b[201~'), pasted.replaceAll('\n', '\r'))
            // A variable of the shell holds no NUL.
          } else assert.equal(await got(name, 'END\n'), `${whole.replaceAll('\0', '')}\n`)
        }),
        fuzzing(10),
      )
    }
  })

  it('is refused where a terminal or the program would take a part of it for keys', async () => {
    for (const [text, what] of [
      ['a\n\x03', /^line 2 has the control character \^C, which the terminal of agent 'lines' takes/],
      ['\x7f', /^line 1 has the control character \^\?/],
      ['a\r\nb\r\n\x04', /^line 3 has the control character \^D/],
      ['\x13', /^line 1 has the control character \^S/],
    ] as const)
      await assert.rejects(() => typeText(lines, text, { enter: true }), { message: what })
    await assert.rejects(() => typeText(keys, 'x\ny\x1b[201~rm\r', { enter: true }), {
      message: 'line 2 has the characters that end a paste (ESC [201~)',
    })
    assert.deepEqual([home.read('lines', 'got'), home.read('keys', 'got')], ['', ''])
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
    assert.equal((await got('keys', '~\r')).length, 4096 + '\x1b[200~\x1b[201~\r'.length)
    assert.equal(home.read('lines', 'got'), '')
  })
})
