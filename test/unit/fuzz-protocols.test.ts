import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { getProof } from '../../plugins/gitlawb/src/icaptcha/proof.ts'
import { solve } from '../../plugins/gitlawb/src/icaptcha/solve.ts'
import { KeyPair } from '../../plugins/gitlawb/src/key-pair.ts'
import { encodeIdentity } from '../../plugins/gitlawb/src/pkcs8.ts'
import { register } from '../../plugins/gitlawb/src/register.ts'
import { answerRequest } from '../../src/signer/answer-request.ts'
import { SIGNER_SOCKET, SignerService } from '../../src/signer/signer-service.ts'
import { SigningKey } from '../../src/signer/signing-key.ts'
import { isForGit, signedBytes } from '../../src/signer/ssh-signature.ts'
import { sshString, uint32, WireReader } from '../../src/signer/ssh-wire.ts'
import { check, fuzzing, nasty, nastyWith } from '../support/fuzz.ts'
import { ProxyBox } from '../support/proxied.ts'

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array))

describe('what agents say to the signer', function () {
  this.timeout(120_000)
  const folder = mkdtempSync(join(tmpdir(), 'agentvm-fuzz-'))
  const keyFile = join(folder, 'key.pem')
  writeFileSync(keyFile, encodeIdentity(KeyPair.generate()))
  const key = SigningKey.read(keyFile)
  after(() => rmSync(folder, { recursive: true }))

  const forGit = signedBytes('git', new Uint8Array(64))
  const part = fc.oneof(
    bytes,
    fc.constantFrom<Buffer>(
      key.publicBlob,
      forGit,
      sshString(key.publicBlob),
      sshString(forGit),
      uint32(0),
      uint32(1),
      Buffer.of(13),
      Buffer.of(11),
    ),
    fc.constantFrom('SSHSIG', 'git', 'file', 'sha512', 'sha256', '').map((text) => sshString(text)),
    fc.nat({ max: 2 ** 32 - 1 }).map(uint32),
  )
  const request = fc.oneof(
    fc.array(part, { maxLength: 8 }).map((parts) => Buffer.concat(parts)),
    fc
      .tuple(part, fc.array(part, { maxLength: 2 }))
      .map(([data, more]) =>
        Buffer.concat([Buffer.of(13), sshString(key.publicBlob), sshString(data), uint32(0), ...more]),
      ),
  )

  it('is signed if it is what git wants signed, and else refused', () => {
    check(request, (message) => {
      const answer = answerRequest(message, key)
      assert.ok([5, 12, 14].includes(answer[0] ?? -1))
      if (answer[0] === 12) assert.deepEqual([...message], [11])
      if (answer[0] !== 14) return
      const reader = new WireReader(message, 1)
      assert.ok(reader.string().equals(key.publicBlob) && isForGit(reader.string()))
    })
  })

  it('never ends the signer, which answers the next one', async () => {
    const service = new SignerService({ socketDir: folder, keyFile, patienceMs: 20_000 })
    await service.listen()
    const whole = request.map((message) => Buffer.concat([uint32(message.length), message]))
    const said = fc.array(fc.oneof(whole, part, bytes), { maxLength: 6 })
    try {
      await fc.assert(
        fc.asyncProperty(said, async (chunks) => {
          await say(connect(join(folder, SIGNER_SOCKET)), chunks)
          const [answer] = await say(connect(join(folder, SIGNER_SOCKET)), [uint32(1), Buffer.of(11)])
          assert.equal(answer?.[4], 12)
        }),
        fuzzing(100),
      )
    } finally {
      service.close()
    }
  })

  it('is signed by a key of a file, or by none', () => {
    check(
      fc.oneof(
        nasty,
        nastyWith(
          '-----BEGIN PRIVATE KEY-----',
          '\n',
          'MC4CAQAwBQYDK2VwBCIEI',
          'A'.repeat(43),
          '=',
          '-----END PRIVATE KEY-----',
        ),
      ),
      (text) => {
        writeFileSync(keyFile, text)
        try {
          assert.equal(SigningKey.read(keyFile).publicBlob.length, 51)
        } catch (error) {
          assert.match((error as Error).message, /holds no Ed25519 key$/)
        }
      },
    )
  })
})

describe('what agents say to the proxy', function () {
  this.timeout(120_000)
  it('reaches what the rules open, and nothing else, and never ends the proxy', async () => {
    const box = new ProxyBox(20_000)
    // After the request: what a server closes with words unread may take its answer along.
    const port = await box.server((socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')),
    )
    box.names['open.test'] = ['127.0.0.1']
    box.names['shut.test'] = ['127.0.0.1']
    box.allow(`open.test:${port}=private`)
    await box.service.listen()
    const text = nastyWith(
      ...[
        'CONNECT ',
        'GET ',
        'POST ',
        'http://',
        'open.test',
        'shut.test',
        `:${port}`,
        '127.0.0.1',
        '/',
        ' HTTP/1.1\r\n',
        ' HTTP/1.0\r\n',
      ],
      ...[
        'Host: ',
        'Content-Length: 5',
        'Transfer-Encoding: chunked',
        'Connection: ',
        'Upgrade: websocket',
        'Expect: 100-continue',
        '\r\n',
        '\r\n\r\n',
        '5\r\nhello\r\n0\r\n',
      ],
    ).map((words) => Buffer.from(words))
    const socks = fc
      .tuple(
        bytes,
        fc.constantFrom('open.test', 'shut.test', '127.0.0.1', 'a'.repeat(255), ''),
        fc.constantFrom(1, 2, 3, 4),
      )
      .map(([rest, host, kind]) =>
        Buffer.concat([Buffer.from([5, 1, 0, 5, 1, 0, kind, host.length]), Buffer.from(host), rest]),
      )
    try {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.oneof(text, socks, bytes), { minLength: 1, maxLength: 4 }),
          async (chunks) => {
            box.lookups.splice(0)
            await say(box.connect(), chunks)
            assert.ok(
              box.lookups.every((name) => name === 'open.test'),
              `looked up ${box.lookups}`,
            )
            const answer = await box.say(`GET http://open.test:${port}/ HTTP/1.0\r\n\r\n`)
            assert.match(answer, /^HTTP\/1\.1 200 OK[\s\S]*ok$/)
          },
        ),
        fuzzing(60),
      )
    } finally {
      box.remove()
    }
  })
})

describe('what servers answer', function () {
  this.timeout(120_000)
  const realFetch = globalThis.fetch
  after(() => {
    globalThis.fetch = realFetch
  })
  const word = fc.oneof(
    nasty,
    fc.constantFrom('passed', 'continue', 'arithmetic', 'algebra', 'What is 1 + 2?', 'Solve for x: 2x = 4'),
  )
  const challenge = fc.record(
    {
      type: fc.oneof(word, fc.anything()),
      prompt: word,
      token: fc.oneof(word, fc.anything()),
      pow: fc.oneof(
        fc.jsonValue(),
        fc.record({
          algorithm: fc.constant('sha256-leading-zero-bits'),
          challenge: word,
          difficulty: fc.constantFrom(0, -1, 27, Number.NaN, 1e9),
        }),
      ),
    },
    { requiredKeys: ['prompt'] },
  )
  const json = fc.oneof(
    fc.jsonValue(),
    challenge,
    fc.record(
      {
        status: word,
        proof: word,
        reason: fc.oneof(word, fc.jsonValue()),
        challenge: fc.oneof(challenge, fc.jsonValue()),
      },
      { requiredKeys: [] },
    ),
    fc.record(
      {
        ucan: fc.oneof(word, fc.jsonValue()),
        error: fc.oneof(word, fc.constant('clock_skew'), fc.jsonValue()),
        message: fc.oneof(word, fc.jsonValue()),
      },
      { requiredKeys: [] },
    ),
  )
  const body = fc.oneof(
    { weight: 4, arbitrary: json.map((value) => JSON.stringify(value) ?? '') },
    { weight: 1, arbitrary: nasty },
  )
  const headerText = fc.oneof(
    fc.constantFrom(
      '',
      '1',
      '-1',
      '1e99',
      'Thu, 01 Jan 1970 00:00:00 GMT',
      '+275760-09-13T00:00:00Z',
      'https://evil.test',
    ),
    fc.stringMatching(/^[\x20-\x7e]{0,20}$/),
  )
  const names = fc.constantFrom('retry-after', 'date', 'x-icaptcha-url', 'x-icaptcha-level')
  const answers = fc.array(
    // 503 and redirects are waited over.
    fc.tuple(fc.constantFrom(200, 200, 200, 201, 400, 403, 429, 500), body, fc.dictionary(names, headerText)),
    { minLength: 1, maxLength: 12 },
  )
  const answering = (list: readonly [number, string, Record<string, string>][]) => {
    let next = 0
    globalThis.fetch = async () => {
      const [status, text, headers] = list[next++ % list.length] ?? [500, '', {}]
      return new Response(text, { status, headers })
    }
  }
  const never = new AbortController().signal
  const key = KeyPair.generate()

  it('is a proof, a token, or refused in plain words', async () => {
    await fc.assert(
      fc.asyncProperty(answers, async (list) => {
        for (const ask of [
          () => getProof({ url: 'https://captcha.test', apiKey: undefined }, 'did:key:z', 2, never),
          () => register(key, 'https://node.test', {}, never),
        ]) {
          answering(list)
          try {
            assert.equal(typeof (await ask()), 'string')
          } catch (error) {
            assert.ok(
              error instanceof Error && !/^(?:Type|Range|Syntax)Error$/.test(error.name),
              String(error),
            )
            assert.doesNotMatch(error.message, /[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/)
          }
        }
      }),
      fuzzing(80),
    )
  })

  it('is a challenge that is soon answered with a whole number, or not at all', () => {
    const prompt = nastyWith(
      'What is ',
      'Solve for x: ',
      'sequence? ',
      '1',
      'x',
      '2x',
      ' + ',
      '-',
      '=',
      '(',
      ')',
      '?',
      ', ',
      '3(',
      '7',
    )
    check(
      fc.tuple(fc.constantFrom('arithmetic', 'algebra', 'sequence', 'toString', '__proto__'), prompt),
      ([type, text]) => {
        assert.match(solve(type, text) ?? '0', /^-?\d+$/)
      },
    )
  })
})

/** Says one thing after the other, ends, and returns what is answered until the other side has ended, too. */
async function say(socket: Socket, chunks: readonly Buffer[]): Promise<Buffer[]> {
  const answer: Buffer[] = []
  socket.on('data', (chunk) => answer.push(chunk as Buffer))
  // The other side may close with words of ours unread, which the system tells as an error.
  socket.on('error', () => {})
  const closed = new Promise((resolve) => socket.on('close', resolve))
  for (const chunk of chunks) socket.write(chunk)
  socket.end()
  await closed
  return answer
}
