import assert from 'node:assert/strict'
import { tmpdir } from 'node:os'
import { ExternalCommandError } from '../../src/errors.ts'
import { exec } from '../../src/system/exec.ts'
import { errorCode } from '../../src/system/files.ts'
import { startingMany } from '../../src/system/starting-many.ts'

const PATH = process.env.PATH ?? '/usr/bin:/bin'
const sh = (script: string, ...args: string[]): [string, ...string[]] => ['sh', '-c', script, 'sh', ...args]

/** The error that a program's failure is. */
async function failure(running: Promise<unknown>): Promise<ExternalCommandError> {
  const error = await running.then(
    () => undefined,
    (reason) => reason,
  )
  assert.ok(error instanceof ExternalCommandError, String(error))
  return error
}

describe('running a program', () => {
  it('gives back its exit code and both streams, and passes on nothing but the given environment', async () => {
    const result = await exec(sh('echo "$A$HOME"; echo no >&2; exit 3'), {
      env: { PATH, A: 'a' },
      ok: [0, 3],
    })
    assert.deepEqual(result, { exitCode: 3, stdout: 'a\n', stderr: 'no\n' })
  })

  it('gives it its input, any bytes, and bears that it reads none of them', async () => {
    const bytes = Buffer.from([0, 0xff, 0x27, 10])
    assert.equal(
      (await exec(['od', '-An', '-tx1'], { env: { PATH }, input: bytes })).stdout,
      ' 00 ff 27 0a\n',
    )
    await exec(['true'], { env: { PATH }, input: Buffer.alloc(1_000_000) })
  })

  it('throws with argv and what it said, or how it ended', async () => {
    const said = await failure(exec(sh('echo why >&2; exit 1'), { env: { PATH } }))
    assert.deepEqual([said.argv[0], said.stderr], ['sh', 'why\n'])
    assert.match((await failure(exec(sh('kill -9 $$'), { env: { PATH } }))).message, /SIGKILL/)
    assert.match((await failure(exec(sh('exit 7'), { env: { PATH } }))).message, /exit code 7/)
  })

  it('names the system’s error where it can’t be started', async () => {
    assert.equal(errorCode((await failure(exec(['no-such-program'], { env: { PATH } }))).cause), 'ENOENT')
    const long = await failure(exec(['true', 'x'.repeat(300_000)], { env: { PATH } }))
    assert.equal(errorCode(long.cause), 'E2BIG')
  })

  it('ends it when its time is up, and when it is told to', async () => {
    const late = await failure(exec(['sleep', '100'], { env: { PATH }, timeout: 20, ok: [0, 143] }))
    assert.match(late.message, /longer than 20 ms/)
    const stop = new AbortController()
    const stopped = exec(['sleep', '100'], { env: { PATH }, signal: stop.signal })
    stop.abort()
    await failure(stopped)
  })

  it('hears what it says on the way', async () => {
    let heard = ''
    await exec(sh('echo one >&2; echo two >&2'), { env: { PATH }, onStderr: (text) => (heard += text) })
    assert.equal(heard, 'one\ntwo\n')
  })
})

describe('running many programs by a shell', () => {
  const odd = [`it's`, '', '$HOME `id` "x" \\', '*', 'ä\tb', '-n', 'a\nb']

  it('gives each its arguments, variables, folder and input as they are', async () => {
    await startingMany(async () => {
      const { stdout } = await exec(sh('printf "[%s]" "$@"', ...odd), { env: { PATH }, short: true })
      assert.equal(stdout, odd.map((word) => `[${word}]`).join(''))
      const options = { env: { PATH, V: `it's $x` }, cwd: tmpdir(), short: true }
      assert.equal((await exec(sh('echo "$V:$(pwd -P)"'), options)).stdout, `it's $x:${tmpdir()}`)
      const input = Buffer.from([0x80, 0x81, 0x88, 0xff, 0x27, 0x5c, 0x25, 10])
      const bytes = await exec(['od', '-An', '-tx1'], { env: { PATH }, input, short: true })
      assert.equal(bytes.stdout, ' 80 81 88 ff 27 5c 25 0a')
      assert.equal((await exec(['cat'], { env: { PATH }, short: true })).stdout, '')
    })
  })

  it('passes what a shell can’t, a NUL byte, in the usual way', async () => {
    const input = Buffer.from('a\0b')
    const run = () => exec(['od', '-An', '-c'], { env: { PATH }, input, short: true })
    assert.match((await startingMany(run)).stdout, /a {2}\\0 {3}b/)
  })

  it('tells the failures apart, however many run at once', async () => {
    const codes = await startingMany(() =>
      Promise.all(
        Array.from({ length: 40 }, async (_, index) => {
          const run = exec(sh(`echo said ${index}; exit ${index % 3}`), { env: { PATH }, short: true })
          if (index % 3 === 0) return assert.equal((await run).stdout, `said ${index}`)
          return assert.equal((await failure(run)).stderr, `said ${index}`)
        }),
      ),
    )
    assert.equal(codes.length, 40)
    const missing = startingMany(() => exec(['no-such-program'], { env: { PATH }, short: true }))
    assert.match((await failure(missing)).stderr, /not found/)
  })

  it('waits for none longer than its time', async () => {
    const late = startingMany(() => exec(['sleep', '2'], { env: { PATH }, short: true, timeout: 20 }))
    assert.match((await failure(late)).message, /longer than 20 ms/)
  })
})
