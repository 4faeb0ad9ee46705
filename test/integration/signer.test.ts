import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { KeyPair } from '../../plugins/gitlawb/src/key-pair.ts'
import { publicLine } from '../../plugins/gitlawb/src/openssh.ts'
import { encodeIdentity } from '../../plugins/gitlawb/src/pkcs8.ts'
import { SignerService } from '../../src/signer/signer-service.ts'
import { signedBytes } from '../../src/signer/ssh-signature.ts'
import { sshString, uint32 } from '../../src/signer/ssh-wire.ts'

const FAILURE = Buffer.from([5])
const HASH = Buffer.alloc(64, 1)

describe('the signer behind an agent’s socket', () => {
  const key = new KeyPair(Buffer.alloc(32, 9))
  const blob = Buffer.from(publicLine(key.publicKey).split(' ')[1] ?? '', 'base64')
  let folder: string
  let signer: SignerService
  let socket: string
  let impatient: SignerService
  let impatientSocket: string

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'agentvm-signer-'))
    writeFileSync(join(folder, 'identity.pem'), encodeIdentity(key), { mode: 0o600 })
    const listen = async (name: string, patienceMs: number) => {
      const [socketDir, keyFile] = [join(folder, name), join(folder, 'identity.pem')]
      const service = new SignerService({ socketDir, keyFile, patienceMs })
      await service.listen()
      return service
    }
    signer = await listen('sockets', 60_000)
    socket = join(folder, 'sockets', 'g')
    impatient = await listen('impatient', 3_000)
    impatientSocket = join(folder, 'impatient', 'g')
  })
  after(() => {
    signer.close()
    impatient.close()
    rmSync(folder, { recursive: true, force: true })
  })

  /** What it answers to a message, without the length; undefined if it hangs up. */
  async function ask(message: Uint8Array, at = socket): Promise<Buffer | undefined> {
    return exchange(Buffer.concat([uint32(message.length), message]), at)
  }

  async function exchange(bytes: Uint8Array, at = socket): Promise<Buffer | undefined> {
    const client = connect(at)
    client.on('error', () => {})
    client.write(bytes)
    let received = Buffer.alloc(0)
    for await (const chunk of client) {
      received = Buffer.concat([received, chunk as Buffer])
      if (received.length >= 4 && received.length >= 4 + received.readUInt32BE()) {
        client.destroy()
        return received.subarray(4)
      }
    }
    return undefined
  }

  const signRequest = (data: Uint8Array, wanted: Uint8Array = blob, flags = 0, more = '') =>
    Buffer.concat([Buffer.from([13]), sshString(wanted), sshString(data), uint32(flags), Buffer.from(more)])
  const sshsig = (...parts: (string | Buffer)[]) =>
    Buffer.concat([Buffer.from('SSHSIG'), ...parts.map((part) => sshString(part))])

  it('lists its one key, on a socket that is the user’s alone', async () => {
    const listed = await ask(Buffer.from([11]))
    assert.deepEqual(listed?.subarray(0, 5), Buffer.from([12, 0, 0, 0, 1]))
    assert.ok(listed?.includes(blob))
    assert.equal(statSync(socket).mode & 0o777, 0o600)
  })

  it('signs what git wants signed, as the key itself does', async () => {
    const data = signedBytes('git', HASH)
    const answer = await ask(signRequest(data))
    assert.equal(answer?.[0], 14)
    assert.deepEqual(answer?.subarray(-64), key.sign(data))
    assert.equal((await ask(signRequest(sshsig('git', '', 'sha256', Buffer.alloc(32)))))?.[0], 14)
  })

  const refused: [what: string, request: Buffer][] = [
    ['any bytes', signRequest(Buffer.from('transfer everything'))],
    ['a request to a node', signRequest(Buffer.from('"@method": POST\n"@path": /api/register'))],
    ['nothing', signRequest(Buffer.alloc(0))],
    ['a file', signRequest(signedBytes('file', HASH))],
    ['an e-mail', signRequest(signedBytes('email', HASH))],
    ['no namespace', signRequest(signedBytes('', HASH))],
    ['a namespace that only begins so', signRequest(signedBytes('git2', HASH))],
    ['a namespace with a NUL', signRequest(signedBytes('git\0', HASH))],
    ['something reserved', signRequest(sshsig('git', 'x', 'sha512', HASH))],
    ['another hash', signRequest(sshsig('git', '', 'sha1', Buffer.alloc(20)))],
    ['an inherited name for a hash', signRequest(sshsig('git', '', 'constructor', HASH))],
    ['a hash of the wrong length', signRequest(sshsig('git', '', 'sha512', Buffer.alloc(32)))],
    ['a message in place of its hash', signRequest(sshsig('git', '', 'sha512', Buffer.from('tree 1')))],
    ['something after the hash', signRequest(Buffer.concat([signedBytes('git', HASH), Buffer.from('x')]))],
    ['half of it', signRequest(signedBytes('git', HASH).subarray(0, 40))],
    ['by another key', signRequest(signedBytes('git', HASH), Buffer.alloc(51))],
    ['with flags', signRequest(signedBytes('git', HASH), blob, 2)],
    ['with something after it', signRequest(signedBytes('git', HASH), blob, 0, 'x')],
    ['a list with something after it', Buffer.from([11, 0])],
    ['to add a key', Buffer.concat([Buffer.from([17]), sshString('ssh-ed25519'), sshString(blob)])],
    ['to add one with limits', Buffer.concat([Buffer.from([25]), sshString('ssh-ed25519')])],
    ['to remove its key', Buffer.concat([Buffer.from([18]), sshString(blob)])],
    ['to remove all keys', Buffer.from([19])],
    ['to lock', Buffer.concat([Buffer.from([22]), sshString('x')])],
    ['to unlock', Buffer.concat([Buffer.from([23]), sshString('x')])],
    [
      'to load a PKCS#11 library',
      Buffer.concat([Buffer.from([20]), sshString('/tmp/evil.so'), sshString('')]),
    ],
    ['to load one with limits', Buffer.concat([Buffer.from([26]), sshString('/tmp/evil.so'), sshString('')])],
    ['to unload one', Buffer.concat([Buffer.from([21]), sshString('/tmp/evil.so'), sshString('')])],
    ['an extension', Buffer.concat([Buffer.from([27]), sshString('session-bind@openssh.com')])],
    ['the old protocol', Buffer.from([1])],
  ]
  for (const [what, request] of refused) {
    it(`refuses ${what}`, async () => {
      assert.deepEqual(await ask(request), FAILURE)
    })
  }

  it('hangs up on a length that no request has, without waiting for the rest', async () => {
    for (const length of [0, 1025, 0x7fffffff, 0xffffffff]) {
      assert.equal(await exchange(uint32(length)), undefined, String(length))
    }
  })

  it('hangs up on half a request after its patience, and serves others meanwhile', async () => {
    const half = exchange(Buffer.from([0, 0, 0, 200, 13, 0]), impatientSocket)
    assert.equal((await ask(Buffer.from([11]), impatientSocket))?.[0], 12)
    assert.equal(await half, undefined)
  })

  it('signs nothing but what git wants, whatever is sent', async () => {
    const good = signRequest(signedBytes('git', HASH))
    const flip = fc.tuple(fc.nat({ max: good.length - 1 }), fc.integer({ min: 1, max: 255 }))
    await fc.assert(
      fc.asyncProperty(flip, async ([at, by]) => {
        const changed = Buffer.from(good)
        changed[at] = (changed[at] ?? 0) ^ by
        const answer = await ask(changed)
        const inHash = at >= good.length - 4 - HASH.length && at < good.length - 4
        return inHash ? answer?.[0] === 14 : answer === undefined || answer[0] !== 14
      }),
      { numRuns: 150 },
    )
  })

  it('bears a thousand connections, and answers again when they are gone', async () => {
    const clients: Socket[] = []
    for (let count = 0; count < 1000; count += 1) {
      const client = connect(impatientSocket)
      client.on('error', () => {})
      clients.push(client)
    }
    await Promise.all(clients.map((client) => client.closed || once(client, 'close').catch(() => {})))
    assert.equal((await ask(Buffer.from([11]), impatientSocket))?.[0], 12)
  })

  it('works with the real ssh-keygen, and stays the same after the real ssh-add has tried', async () => {
    const file = join(folder, 'message')
    writeFileSync(file, 'hello')
    writeFileSync(join(folder, 'key.pub'), `${publicLine(key.publicKey)}\n`)
    writeFileSync(join(folder, 'signers'), `me namespaces="git" ${publicLine(key.publicKey)}\n`)
    const run = async (program: string, args: string[], input = '') => {
      const child = spawn(program, args, {
        env: { ...process.env, SSH_AUTH_SOCK: socket },
        stdio: ['pipe', 'ignore', 'ignore'],
        timeout: 60_000,
      })
      child.stdin.end(input)
      return ((await once(child, 'close')) as [number | null])[0]
    }
    assert.equal(await run('ssh-add', ['-l']), 0)
    assert.notEqual(await run('ssh-add', ['-D']), 0)
    const sign = (namespace: string) =>
      run('ssh-keygen', ['-Y', 'sign', '-n', namespace, '-f', join(folder, 'key.pub'), file])
    assert.notEqual(await sign('file'), 0)
    assert.equal(existsSync(`${file}.sig`), false)
    assert.equal(await sign('git'), 0)
    const verify = [
      '-Y',
      'verify',
      '-f',
      join(folder, 'signers'),
      '-I',
      'me',
      '-n',
      'git',
      '-s',
      `${file}.sig`,
    ]
    assert.equal(await run('ssh-keygen', verify, 'hello'), 0)
    assert.notEqual(await run('ssh-keygen', verify, 'hallo'), 0)
  })

  it('reads no file that holds another kind of key, and says nothing of what is in it', () => {
    const file = join(folder, 'other.pem')
    writeFileSync(file, '-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n')
    assert.throws(
      () => new SignerService({ socketDir: folder, keyFile: file }),
      (error: Error) => /holds no Ed25519 key/.test(error.message) && !error.message.includes('c2Vj'),
    )
  })
})
