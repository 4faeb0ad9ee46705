import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { progressLine } from '../../src/terminal/progress-line.ts'

describe('the line that shows how far a work is', () => {
  const stream = (isTTY: boolean, columns = 20) => {
    const sink = Object.assign(new PassThrough(), { isTTY, columns })
    return { sink: sink as unknown as NodeJS.WriteStream, written: () => String(sink.read() ?? '') }
  }

  it('replaces itself, fits the terminal, carries no escape code of others, and goes away', () => {
    const { sink, written } = stream(true)
    const show = progressLine(sink)
    show('copying: \x1b[31mmany and many more files')
    show('')
    const text = written()
    assert.match(text, /^\r\x1b\[Kcopying: many and …\r\x1b\[K$/)
  })

  it('is silent off a terminal', () => {
    const { sink, written } = stream(false)
    const show = progressLine(sink)
    show('copying')
    show('')
    assert.equal(written(), '')
  })
})
