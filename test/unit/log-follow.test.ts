import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { appendFileSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { endMarker } from '../../src/agents/log/end-marker.ts'
import { FileChanges } from '../../src/agents/log/file-changes.ts'
import { type FollowOptions, followLog } from '../../src/agents/log/follow.ts'
import { until } from '../support/agentvm.ts'

const { setTimeout: setTimer } = globalThis
const { next } = FileChanges.prototype

/** Lets no timer come any more that takes so long, or longer: what still happens hasn't waited for one. */
function withoutTimersFrom(ms: number): void {
  const none = (() => ({})) as unknown as typeof setTimer
  globalThis.setTimeout = ((run: () => void, after = 0) =>
    (after < ms ? setTimer : none)(run, after)) as typeof setTimer
}

/** Follows a log in the background and keeps what it gives. */
class Follower {
  text = ''
  readonly done: Promise<void>
  private readonly end = Promise.withResolvers<void>()
  private readonly abort = new AbortController()

  constructor(path: string, options: Partial<FollowOptions> = {}) {
    this.done = this.run(path, options)
  }

  agentEnds(): void {
    this.end.resolve()
  }

  interrupt(): void {
    this.abort.abort()
  }

  async sees(expected: string): Promise<void> {
    const deadline = Date.now() + 20_000
    while (this.text !== expected && Date.now() < deadline) await sleep(5)
    assert.equal(this.text, expected)
  }

  private async run(path: string, options: Partial<FollowOptions>): Promise<void> {
    const all = {
      lines: 10,
      raw: false,
      showUnfinished: false,
      ended: this.end.promise,
      signal: this.abort.signal,
    }
    for await (const chunk of followLog(path, { ...all, ...options })) this.text += chunk.toString('utf8')
  }
}

describe('following a log', () => {
  let dir: string
  let path: string
  let followers: Follower[]
  /** How often one that follows has looked and waits for what comes next. */
  let waits: number
  beforeEach(() => {
    waits = 0
    FileChanges.prototype.next = function (atMost) {
      waits += 1
      return next.call(this, atMost)
    }
    dir = mkdtempSync(join(tmpdir(), 'agentvm-follow-'))
    path = join(dir, 'a.log')
    followers = []
  })
  afterEach(async () => {
    globalThis.setTimeout = setTimer
    FileChanges.prototype.next = next
    for (const follower of followers) follower.interrupt()
    await Promise.all(followers.map(({ done }) => done))
    rmSync(dir, { recursive: true, force: true })
  })
  const follow = (options?: Partial<FollowOptions>) => {
    const follower = new Follower(path, options)
    followers.push(follower)
    return follower
  }

  it('gives the last lines, then what is added, within milliseconds', async () => {
    withoutTimersFrom(1_000)
    writeFileSync(path, 'a\r\nb\r\nc\r\n')
    const follower = follow({ lines: 2 })
    await follower.sees('b\nc\n')
    await until(() => waits > 1, 'a look that shows nothing new')
    appendFileSync(path, 'd\r\n')
    await follower.sees('b\nc\nd\n')
  })

  it('gives only new lines when asked for none', async () => {
    writeFileSync(path, 'a\nbegun')
    const follower = follow({ lines: 0 })
    await until(() => waits > 0, 'its first look')
    appendFileSync(path, ' and done\nnew\n')
    await follower.sees('begun and done\nnew\n')
    follower.interrupt()
    await follower.done
    waits = 0
    const raw = follow({ lines: 0, raw: true })
    await until(() => waits > 0, 'its first look')
    appendFileSync(path, 'more')
    await raw.sees('more')
  })

  it('ends when the agent has ended and everything was read', async () => {
    writeFileSync(path, 'a\n')
    const follower = follow()
    await follower.sees('a\n')
    withoutTimersFrom(250)
    appendFileSync(path, `b\nc${endMarker('x')}`)
    follower.agentEnds()
    await follower.done
    assert.equal(follower.text, 'a\nb\nc\n')
  })

  it('waits a little for the last bytes if the launcher could not mark the end', async () => {
    writeFileSync(path, 'a\n')
    const follower = follow()
    await follower.sees('a\n')
    follower.agentEnds()
    await sleep(100)
    appendFileSync(path, 'late')
    await follower.done
    assert.equal(follower.text, 'a\nlate')
  })

  it('ends at once for an agent that has ended before', async () => {
    writeFileSync(path, `a\n${endMarker('x')}`)
    const follower = follow({ ended: Promise.resolve() })
    await follower.done
    assert.equal(follower.text, 'a\n')
  })

  it('begins when the log appears', async () => {
    const follower = follow()
    await until(() => waits > 0, 'its first look')
    appendFileSync(path, 'first\n')
    await follower.sees('first\n')
  })

  it('goes on after a truncation', async () => {
    writeFileSync(path, 'a long line\nanother')
    const follower = follow()
    await follower.sees('a long line\n')
    truncateSync(path, 0)
    await sleep(50)
    appendFileSync(path, 'new\n')
    await follower.sees('a long line\nanother\nnew\n')
  })

  it('reads a rotated log to its end, then the new one', async () => {
    writeFileSync(path, 'one\n')
    const follower = follow()
    await follower.sees('one\n')
    appendFileSync(path, 'two\nthr')
    renameSync(path, `${path}.1`)
    writeFileSync(path, 'ee\nfour\n')
    await follower.sees('one\ntwo\nthree\nfour\n')
    appendFileSync(path, 'five\n')
    await follower.sees('one\ntwo\nthree\nfour\nfive\n')
  })

  it('ends quietly when interrupted', async () => {
    writeFileSync(path, 'a\n')
    const follower = follow()
    await follower.sees('a\n')
    follower.interrupt()
    await follower.done
    assert.equal(follower.text, 'a\n')
  })

  it('shows a question without newline on a terminal, and goes on from it', async () => {
    writeFileSync(path, 'start\r\nOverwrite? [y/N] ')
    const follower = follow({ showUnfinished: true })
    await follower.sees('start\nOverwrite? [y/N] ')
    appendFileSync(path, 'y\r\n')
    await follower.sees('start\nOverwrite? [y/N] y\n')
    appendFileSync(path, '10%')
    await follower.sees('start\nOverwrite? [y/N] y\n10%')
    appendFileSync(path, '\r20%')
    await follower.sees('start\nOverwrite? [y/N] y\n10%\r\x1b[K20%')
  })

  it('misses nothing of a fast writer', async () => {
    const follower = follow()
    let expected = 'first\n'
    writeFileSync(path, expected)
    await follower.sees(expected)
    for (let index = 0; index < 3000; index += 1) {
      const line = `line ${index} ${'x'.repeat(index % 90)}\n`
      expected += line
      appendFileSync(path, line)
      if (index % 100 === 0) await sleep(1)
    }
    await follower.sees(expected)
  })

  it('loses nothing of what is added faster than a terminal could', async () => {
    writeFileSync(path, '')
    const sums = { added: createHash('sha1'), seen: createHash('sha1') }
    let missing = 0
    const abort = new AbortController()
    // All lines: some may be there before the first look.
    const options = {
      lines: Number.MAX_SAFE_INTEGER,
      raw: false,
      showUnfinished: false,
      ended: new Promise<void>(() => {}),
    }
    const reading = (async () => {
      for await (const chunk of followLog(path, { ...options, signal: abort.signal })) {
        sums.seen.update(chunk)
        missing -= chunk.length
      }
    })()
    try {
      for (let piece = 0; piece < 16; piece += 1) {
        const text = `line ${piece} of what was added, \u2714\n`.repeat(15_000)
        appendFileSync(path, text)
        sums.added.update(text)
        missing += Buffer.byteLength(text)
        await sleep(1)
      }
      await until(() => missing === 0, 'all that was added')
    } finally {
      abort.abort()
      await reading
    }
    assert.equal(sums.seen.digest('hex'), sums.added.digest('hex'))
  })
})
