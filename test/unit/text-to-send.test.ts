import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { textToSend } from '../../src/agents/delivery/text-to-send.ts'

describe('the text of a message', () => {
  let folder: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'agentvm-text-'))
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  const text = async (words: string[], file?: string) =>
    Buffer.from(await textToSend(words, file)).toString('latin1')

  it('is the words, or a file without its last newline, whatever bytes it has', async () => {
    assert.equal(await text(['fix', 'the  bug', '']), 'fix the  bug ')
    const file = join(folder, 'prompt')
    for (const [content, expected] of [
      ['one\ntwo\n', 'one\ntwo'],
      ['\xff\x00\n\n', '\xff\x00\n'],
      ['no newline', 'no newline'],
      ['', ''],
    ] as const) {
      writeFileSync(file, content, 'latin1')
      assert.equal(await text([], file), expected)
    }
  })

  it('is standard input for -', async () => {
    const own = Object.getOwnPropertyDescriptor(process, 'stdin')
    assert.ok(own)
    Object.defineProperty(process, 'stdin', {
      ...own,
      get: () => Readable.from([Buffer.from('from a '), Buffer.from('pipe\n')]),
    })
    try {
      assert.equal(await text([], '-'), 'from a pipe')
    } finally {
      Object.defineProperty(process, 'stdin', own)
    }
  })

  it('is one of them, and is there', async () => {
    const bad = (words: string[], file: string | undefined, message: RegExp) =>
      assert.rejects(() => textToSend(words, file), { message, exitCode: 2 })
    await bad(['a'], join(folder, 'x'), /^there are both a file and words/)
    await bad([], undefined, /^there is nothing to type/)
    await bad([], join(folder, 'gone'), /^there is no file .*gone$/)
    await assert.rejects(() => textToSend([], undefined, 'broadcast'), { fix: 'agentvm broadcast TEXT…' })
    await assert.rejects(() => textToSend([], undefined), { fix: 'agentvm exec NAME TEXT…' })
  })
})
