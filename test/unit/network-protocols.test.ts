import assert from 'node:assert/strict'
import fc from 'fast-check'
import { parseAbsoluteForm, parseAuthority } from '../../src/network/proxy/authority.ts'
import { forwardedHeaders } from '../../src/network/proxy/http-headers.ts'
import { refusalText } from '../../src/network/proxy/refusal-text.ts'
import { type Parsed, parseGreeting, parseRequest } from '../../src/network/proxy/socks.ts'
import { fuzzing } from '../support/fuzz.ts'

describe('the target of a request', () => {
  it('is a host and a port, and nothing else', () => {
    assert.deepEqual(parseAuthority('example.com:443'), { host: 'example.com', port: 443 })
    assert.deepEqual(parseAuthority('[::1]:443'), { host: '[::1]', port: 443 })
    assert.deepEqual(parseAuthority('example.com', 80), { host: 'example.com', port: 80 })
    for (const text of [
      ...[
        'example.com',
        'example.com:',
        'example.com:0',
        'example.com:65536',
        'a@b:1',
        'a:b:1',
        ':443',
        'a b:1',
      ],
      ...['http://a:1', 'a:1/x', 'a:+1', 'a:0x1', '::1:443', `${'a'.repeat(300)}:1`, 'a\\b:1', 'a:1#'],
    ]) {
      assert.equal(parseAuthority(text), undefined, text)
    }
  })

  it('of a plain request is split by the first slash, never by what a URL parser makes of it', () => {
    assert.deepEqual(parseAbsoluteForm('http://a.com/x?y'), { host: 'a.com', port: 80, path: '/x?y' })
    assert.deepEqual(parseAbsoluteForm('HTTP://a.com:8080?y'), { host: 'a.com', port: 8080, path: '/?y' })
    for (const text of [
      ...['/x', '*', 'https://a.com/', 'http:a.com', 'http:///x', 'http://u@a.com/', 'http://u:p@a.com/', ''],
      ...[
        'http://a.com\\@b.com/',
        'http://a.com#@b.com/',
        'ftp://a.com/',
        'http://a.com:99999/',
        'http://a b/',
      ],
    ]) {
      assert.equal(parseAbsoluteForm(text), undefined, text)
    }
  })

  it('never throws, and keeps to the host that is written there', () => {
    const text = fc.oneof(fc.string(), fc.webUrl(), fc.string({ unit: 'binary' }))
    fc.assert(
      fc.property(text, (target) => {
        parseAuthority(target)
        const parsed = parseAbsoluteForm(target)
        if (parsed) assert.ok(target.toLowerCase().startsWith(`http://${parsed.host.toLowerCase()}`))
      }),
      fuzzing(1_000),
    )
  })
})

describe('SOCKS5', () => {
  const request = (kind: number, address: number[], port = [1, 187]) =>
    Buffer.from([5, 1, 0, kind, ...address, ...port])
  const name = (text: string) => request(3, [text.length, ...Buffer.from(text)])

  it('is read with a name', () => {
    assert.deepEqual(parseRequest(name('a.com')), {
      ...{ state: 'whole', size: 12, target: { host: 'a.com', port: 443 }, address: undefined, reply: 0 },
    })
  })

  it('refuses addresses, other commands and other versions', () => {
    const v4 = parseRequest(request(1, [127, 0, 0, 1]))
    assert.ok(v4.state === 'whole' && v4.target === undefined && v4.reply === 8)
    assert.deepEqual(v4.address, { host: '127.0.0.1', port: 443 })
    const v6 = parseRequest(request(4, [...new Array(15).fill(0), 1]))
    assert.ok(v6.state === 'whole' && v6.target === undefined && v6.reply === 8)
    const bind = parseRequest(Buffer.from([5, 2, 0, 3, 1, 97, 0, 80]))
    assert.ok(bind.state === 'whole' && bind.target === undefined && bind.reply === 7)
    assert.equal(parseRequest(Buffer.from([4, 1, 0])).state, 'bad')
    assert.equal(parseRequest(Buffer.from([5, 1, 0, 9, 1])).state, 'bad')
    assert.equal(parseGreeting(Buffer.from([4])).state, 'bad')
    const passwordOnly = parseGreeting(Buffer.from([5, 1, 2]))
    assert.ok(passwordOnly.state === 'whole' && !passwordOnly.acceptable)
  })

  it('waits for the rest of a message, and reads no further than its end', () => {
    for (const [whole, parse] of [
      [Buffer.from([5, 2, 0, 2]), parseGreeting],
      [name('example.com'), parseRequest],
    ] as [Buffer, (bytes: Buffer) => Parsed<object>][]) {
      for (let size = 0; size < whole.length; size += 1) {
        assert.equal(parse(whole.subarray(0, size)).state, 'more')
      }
      const more = parse(Buffer.concat([whole, Buffer.from('rest')]))
      assert.ok(more.state === 'whole' && more.size === whole.length)
    }
  })

  it('makes something of any bytes, without waiting for more than a message can have', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        for (const parse of [parseGreeting, parseRequest] as ((bytes: Buffer) => Parsed<object>)[]) {
          const parsed = parse(Buffer.from(bytes))
          if (parsed.state === 'more') assert.ok(bytes.length < 262)
          if (parsed.state === 'whole') assert.ok(parsed.size <= bytes.length)
        }
      }),
      fuzzing(1_000),
    )
  })
})

describe('forwarded headers', () => {
  it('lack those of one hop, and what Connection names, but never the length', () => {
    assert.deepEqual(
      forwardedHeaders([
        ...[
          'Host',
          'x',
          'Connection',
          'close, X-Secret, Content-Length',
          'X-Secret',
          '1',
          'Content-Length',
          '3',
        ],
        ...['Transfer-Encoding', 'chunked', 'Proxy-Authorization', 'Basic x', 'Cookie', 'a', 'Cookie', 'b'],
      ]),
      ['Content-Length', '3', 'Cookie', 'a', 'Cookie', 'b'],
    )
  })
})

describe('a refusal', () => {
  it('names the command that opens the host', () => {
    const text = (reason: 'no-rule' | 'private-address', port = 443) =>
      refusalText({ allowed: false, host: 'a.com', port, reason }, 'c1')
    assert.match(text('no-rule'), /agentvm net c1 --allow a\.com$/)
    assert.match(text('no-rule', 80), /agentvm net c1 --allow a\.com:80$/)
    assert.match(text('private-address'), /agentvm net c1 --allow a\.com=private$/)
  })
})
