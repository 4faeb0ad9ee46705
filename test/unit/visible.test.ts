import assert from 'node:assert/strict'
import { quotedPath, visibleLine } from '../../src/terminal/visible.ts'

describe('a line made visible', () => {
  it('holds no control but tabs, and shows which there were', () => {
    assert.equal(visibleLine('a\tb\x1b[31mc\x07\r\x7f'), 'a\tb^[[31mc^G^M^?')
    assert.equal(visibleLine('\x9b2J'), '<U+009B>2J')
    assert.equal(visibleLine('if \u202e(admin)'), 'if <U+202E>(admin)')
    assert.equal(visibleLine('grüße 日本 🙂'), 'grüße 日本 🙂')
  })
})

describe('a quoted path', () => {
  const latin1 = (text: string) => Buffer.from(text).toString('latin1')
  it('is the path itself unless that is odd', () => {
    assert.equal(quotedPath('src/a b.ts'), 'src/a b.ts')
    assert.equal(quotedPath(latin1('grüße')), 'grüße')
    assert.equal(quotedPath('a"b\\c\nd\te'), '"a\\"b\\\\c\\nd\\te"')
    assert.equal(quotedPath('\xff'), '"\\377"')
    assert.equal(quotedPath('\x1b[31m'), '"\\033[31m"')
    assert.equal(quotedPath(latin1('\u202e')), '"\\342\\200\\256"')
  })
})
