import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import fc from 'fast-check'
import { decide } from '../../src/network/proxy/decide.ts'
import { parseRule } from '../../src/network/rules.ts'
import { ProxyBox, untilSays } from '../support/proxied.ts'

const connectTo = (target: string, more = '') =>
  `CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n${more}\r\n`
const socksTo = (kind: number, address: number[], port: number) =>
  Buffer.from([5, 1, 0, 5, 1, 0, kind, ...address, port >> 8, port & 0xff])
const socksName = (name: string, port: number) => socksTo(3, [name.length, ...Buffer.from(name)], port)

describe('the network proxy', () => {
  let box: ProxyBox
  beforeEach(async () => {
    box = new ProxyBox()
    await box.service.listen()
  })
  afterEach(() => box.remove())

  /** A server that keeps what it is told and answers each request of HTTP. */
  const webServer = async () => {
    const heard: string[] = []
    const port = await box.server((socket) => {
      socket.on('data', (chunk) => {
        heard.push(chunk.toString('latin1'))
        if (heard.join('').includes('\r\n\r\n')) socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
      })
    })
    return { port, heard: () => heard.join('') }
  }
  const echo = () => box.server((socket) => socket.pipe(socket))
  const open = async (port: number): Promise<Socket> => {
    box.names['a.test'] = ['127.0.0.1']
    box.allow(`a.test:${port}=private`)
    const socket = box.connect()
    socket.write(connectTo(`a.test:${port}`))
    await untilSays(socket, '200 Connection established')
    return socket
  }

  describe('passes on', () => {
    it('any bytes both ways by CONNECT, and lets each side end its own direction first', async () => {
      const port = await box.server((socket) => {
        const chunks: Buffer[] = []
        socket.on('data', (chunk) => chunks.push(chunk))
        socket.on('end', () => socket.end(Buffer.concat(chunks).toString('hex')))
      })
      const socket = await open(port)
      const answer = untilSays(socket, '00ff0d0a')
      socket.end(Buffer.from([0, 255, 13, 10]))
      await answer
      assert.deepEqual(
        box.requests().map(({ host, decision, via, rule }) => [host, decision, via, rule]),
        [['a.test', 'allowed', 'connect', `a.test:${port}=private`]],
      )
    })

    it('bytes that come with the request itself', async () => {
      const port = await echo()
      box.names['a.test'] = ['127.0.0.1']
      box.allow(`a.test:${port}=private`)
      const byConnect = box.connect()
      byConnect.write(`${connectTo(`a.test:${port}`)}early`)
      await untilSays(byConnect, 'early')
      const bySocks = box.connect()
      bySocks.write(Buffer.concat([socksName('a.test', port), Buffer.from('soon')]))
      await untilSays(bySocks, 'soon')
    })

    it('a plain request as a new one: own framing, own Host, nothing of one hop', async () => {
      const { port, heard } = await webServer()
      box.names['a.test'] = ['127.0.0.1']
      box.allow(`a.test:${port}=private`)
      const head = [
        `POST http://a.test:${port}/x?y HTTP/1.1`,
        `Host: a.test:${port}`,
        'Proxy-Authorization: secret',
      ]
      const rest = [
        'Connection: close, X-Hop',
        'X-Hop: 1',
        'X-Kept: 1',
        'Transfer-Encoding: chunked',
        '',
        '3',
        'abc',
        '0',
      ]
      const answer = await box.say(`${[...head, ...rest].join('\r\n')}\r\n\r\n`)
      assert.match(answer, /^HTTP\/1\.1 200 OK[\s\S]*ok/)
      assert.match(
        heard(),
        new RegExp(`^POST /x\\?y HTTP/1\\.1\\r\\nHost: a\\.test:${port}\\r\\nX-Kept: 1\\r\\n`),
      )
      assert.doesNotMatch(heard(), /secret|X-Hop/)
      assert.match(heard(), /\r\n3\r\nabc\r\n/)
    })

    it('nothing of a body that a GET has been given as a second request', async () => {
      const { port, heard } = await webServer()
      box.names['a.test'] = ['127.0.0.1']
      box.allow(`a.test:${port}=private`)
      const inner = 'GET /smuggled HTTP/1.1\r\nHost: evil\r\n\r\n'
      const chunk = `${inner.length.toString(16)}\r\n${inner}\r\n0\r\n\r\n`
      const request = `GET http://a.test:${port}/ HTTP/1.1\r\nHost: a.test:${port}\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n`
      await box.say(request + chunk)
      assert.match(heard(), /^GET \/ HTTP[\s\S]*Transfer-Encoding: chunked/)
      assert.doesNotMatch(heard(), /\r\n\r\nGET/)
    })
  })

  describe('refuses', () => {
    const refused = () => box.requests().map(({ host, port, reason }) => `${host}:${port} ${reason}`)

    for (const address of [
      ...[
        '127.0.0.1',
        '2130706433',
        '0x7f000001',
        '0x7f.0.0.1',
        '0177.0.0.1',
        '127.1',
        '[::1]',
        '169.254.169.254',
      ],
      ...['[::ffff:127.0.0.1]', '0', '127.0.0.1.'],
    ]) {
      it(`the address ${address}, by CONNECT and plain, whatever the rules are`, async () => {
        box.allow('*.a.test:80', 'host.agentvm.internal:80')
        assert.match(await box.say(connectTo(`${address}:80`)), /^HTTP\/1\.1 403/)
        assert.match(
          await box.say(`GET http://${address}/ HTTP/1.1\r\nHost: ${address}\r\n\r\n`),
          /^HTTP\/1\.1 403/,
        )
        assert.deepEqual(refused(), [`${address}:80 address`, `${address}:80 address`])
        assert.deepEqual(box.lookups, [])
      })
    }

    it('addresses by SOCKS5, and puts them on record', async () => {
      assert.match(await box.say(socksTo(1, [127, 0, 0, 1], 80)), /^\x05\x00\x05\x08/)
      assert.match(await box.say(socksTo(4, [...new Array(15).fill(0), 1], 80)), /^\x05\x00\x05\x08/)
      assert.match(await box.say(socksName('127.0.0.1', 80)), /^\x05\x00\x05\x02/)
      assert.deepEqual(
        refused().map((line) => line.split(' ').at(-1)),
        ['address', 'address', 'address'],
      )
    })

    it('names and ports that no rule opens, without looking them up: a name can carry data out', async () => {
      box.allow('a.test:443')
      for (const target of ['b.test:443', 'a.test:80', 'x.a.test:443', 'secret-data.evil.test:443']) {
        assert.match(await box.say(connectTo(target)), /403 .*agentvm net tester --allow/)
      }
      assert.match(await box.say(socksName('b.test', 443)), /^\x05\x00\x05\x02/)
      assert.deepEqual(box.lookups, [])
    })

    it('names that lead to private addresses, unless the rule says that they do', async () => {
      const port = await echo()
      for (const address of [
        '127.0.0.1',
        '10.0.0.1',
        '169.254.169.254',
        '::1',
        '::ffff:127.0.0.1',
        '0.0.0.0',
      ]) {
        box.names['a.test'] = [address]
        box.allow(`a.test:${port}`)
        assert.match(await box.say(connectTo(`a.test:${port}`)), /403 .*--allow a\.test:\d+=private/, address)
      }
      box.names['x.a.test'] = ['127.0.0.1', '169.254.169.254', '::1']
      box.allow(`*.a.test:${port}=private`)
      assert.match(await box.say(connectTo(`x.a.test:${port}`)), /^HTTP\/1\.1 403/)
      box.names['a.test'] = ['0.0.0.0', '224.0.0.1']
      box.allow(`a.test:${port}=private`)
      assert.match(await box.say(connectTo(`a.test:${port}`)), /^HTTP\/1\.1 403/)
    })

    it('what else a name leads to than what was checked: it is looked up once, and its address dialled', async () => {
      const mixed = await decide({ host: 'a.test', port: 443 }, [parseRule('a.test')], async (name) => {
        box.lookups.push(name)
        return ['127.0.0.1', '8.8.8.8', '::1']
      })
      assert.ok(mixed.allowed)
      assert.deepEqual(mixed.addresses, ['8.8.8.8'])
      const port = await echo()
      await open(port)
      assert.deepEqual(box.lookups, ['a.test', 'a.test'])
    })

    it('a Host header that says another place than the target', async () => {
      const { port, heard } = await webServer()
      box.names['a.test'] = ['127.0.0.1']
      box.allow(`a.test:${port}=private`)
      const to = (...hosts: string[]) =>
        box.say(
          `GET http://a.test:${port}/ HTTP/1.1\r\n${hosts.map((host) => `Host: ${host}\r\n`).join('')}\r\n`,
        )
      assert.match(await to('evil.test'), /^HTTP\/1\.1 400/)
      assert.match(await to(`a.test:${port}`, 'evil.test'), /^HTTP\/1\.1 400/)
      assert.match(await to('a.test:1'), /^HTTP\/1\.1 400/)
      const connect = `CONNECT a.test:${port} HTTP/1.1\r\nHost: evil.test:${port}\r\n\r\n`
      assert.match(await box.say(connect), /^HTTP\/1\.1 400/)
      assert.equal(heard(), '')
    })

    it('requests with two framings, broken heads, and targets that aren’t those of a proxy', async () => {
      const { port, heard } = await webServer()
      box.names['a.test'] = ['127.0.0.1']
      box.allow(`a.test:${port}=private`)
      const post = (...headers: string[]) =>
        box.say(
          `POST http://a.test:${port}/ HTTP/1.1\r\nHost: a.test:${port}\r\n${headers.join('\r\n')}\r\n\r\nabc`,
        )
      assert.match(await post('Content-Length: 3', 'Transfer-Encoding: chunked'), /^HTTP\/1\.1 400/)
      assert.match(await post('Content-Length: 3', 'Content-Length: 4'), /^HTTP\/1\.1 400/)
      assert.match(await post('Transfer-Encoding: xchunked'), /^HTTP\/1\.1 400/)
      assert.match(await post('Transfer-Encoding : chunked'), /^HTTP\/1\.1 400/)
      for (const target of ['/', '*', `https://a.test:${port}/`, `http://u@a.test:${port}/`, 'a.test']) {
        assert.match(
          await box.say(`GET ${target} HTTP/1.1\r\nHost: a.test\r\n\r\n`),
          /^HTTP\/1\.1 400/,
          target,
        )
      }
      assert.equal(heard(), '')
    })

    it('heads of any length', async () => {
      const answer = await box.say(connectTo('a.test:443', `X: ${'x'.repeat(100_000)}\r\n`))
      assert.match(answer, /^HTTP\/1\.1 4\d\d/)
      assert.match(await box.say(connectTo(`${'a'.repeat(10_000)}.test:443`)), /^HTTP\/1\.1 400/)
    })
  })

  it('ends connections that a rule opened when it is taken back, and only those', async () => {
    const port = await echo()
    const other = await echo()
    box.names['b.test'] = ['127.0.0.1']
    const socket = await open(port)
    box.allow(`a.test:${port}=private`, `b.test:${other}=private`)
    const kept = box.connect()
    kept.write(socksName('b.test', other))
    await untilSays(kept, '\x05\x00\x05\x00')
    const ended = once(socket, 'end')
    assert.equal(box.allow(`b.test:${other}=private`), 1)
    await ended
    kept.write('still here')
    await untilSays(kept, 'still here')
  })

  it('says that a server can’t be reached, or a name not found, which is no refusal', async () => {
    box.names['a.test'] = ['127.0.0.1']
    box.allow('a.test:1=private', 'none.test')
    assert.match(await box.say(connectTo('a.test:1')), /502 .*ECONNREFUSED/)
    assert.match(await box.say(connectTo('none.test:443')), /502 none\.test has no address/)
    assert.deepEqual(
      box.requests().map(({ decision }) => decision),
      ['failed', 'failed'],
    )
  })

  it('takes no more than 256 connections of one agent at a time', async () => {
    for (let count = 0; count < 256; count += 1) await once(box.connect(), 'connect')
    const more = box.connect()
    more.resume()
    await once(more, 'end')
  })

  it('outlives any bytes, and serves on', async () => {
    const beginnings = [
      '',
      'GET http://a.test/ HTTP/1.1\r\n',
      'CONNECT ',
      '\x05\x01\x00',
      '\x05\x01\x00\x05\x01\x00\x03',
    ]
    const bytes = fc.tuple(fc.constantFrom(...beginnings), fc.uint8Array({ maxLength: 300 }))
    await fc.assert(
      fc.asyncProperty(bytes, async ([beginning, rest]) => {
        const socket = box.connect()
        socket.end(Buffer.concat([Buffer.from(beginning, 'latin1'), rest]))
        socket.resume()
        await once(socket, 'close')
      }),
      { numRuns: 300 },
    )
    assert.match(await box.say(connectTo('b.test:443')), /^HTTP\/1\.1 403/)
  })
})
