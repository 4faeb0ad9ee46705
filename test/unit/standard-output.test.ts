import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'

const MODULE = new URL('../../src/terminal/standard-output.ts', import.meta.url).href

/** Starts a program that prints `code` straight to its descriptor, as the CLI does. */
function printing(code: string, before: readonly string[] = []) {
  const script = `import { noteStreamUsed, printLine, printText } from ${JSON.stringify(MODULE)}
    noteStreamUsed(false); ${code}`
  const [program = '', ...args] = [...before, process.execPath, '--input-type=module', '-e', script]
  return spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
}

describe('standard output without a stream', function () {
  this.timeout(20_000)

  it('loses nothing where the descriptor blocks nobody and its reader is slow', async () => {
    const nonBlocking = 'use Fcntl; fcntl(STDOUT, F_SETFL, O_WRONLY | O_NONBLOCK); exec @ARGV'
    const child = printing("printText('é'.repeat(1_000_000)); printLine('%s end', 1)", [
      ...['perl', '-e', nonBlocking],
    ])
    await once(child.stdout, 'readable')
    const printed = await text(child.stdout)
    assert.equal(printed, `${'é'.repeat(1_000_000)}1 end\n`)
  })

  it('ends quietly where the reader has gone', async () => {
    const child = printing("setTimeout(() => { printLine('x'.repeat(200_000)); process.exitCode = 3 }, 200)")
    child.stdout.destroy()
    const errors = await text(child.stderr)
    assert.deepEqual([child.exitCode ?? (await once(child, 'exit'))[0], errors], [3, ''])
  })
})
