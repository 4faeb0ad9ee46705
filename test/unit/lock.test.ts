import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeadLock, isLocked, removeDeadLock, withFreeLock, withLock } from '../../src/system/lock.ts'
import { ownIdentity } from '../../src/system/processes.ts'
import { outcome } from '../support/agentvm.ts'

/** Of a process that has died: no process of Linux has such a number. */
const DEAD = '99999999:1'
/** This process's number, but of one that started before it. */
const REUSED = `${process.pid}:1`

/** What locks are, and what they were: an older agentvm may have left one. */
const FORMS: [form: string, leave: (owner: string, path: string) => void][] = [
  ['a symlink', symlinkSync],
  ['a file', (owner, path) => writeFileSync(path, owner)],
]

describe('a lock', () => {
  let folder: string
  let lock: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'agentvm-lock-'))
    lock = join(folder, 'x.lock')
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('names its owner while it is held, and is gone after, also after a failure', async () => {
    const held = await withLock(lock, () => readlinkSync(lock))
    assert.equal(held, ownIdentity())
    assert.match(held, /^\d+:\d+$/)
    await assert.rejects(
      withLock(lock, () => Promise.reject(new Error('at work'))),
      /at work/,
    )
    assert.equal(
      withFreeLock(lock, () => assert.deepEqual([isLocked(lock), isDeadLock(lock)], [true, false])),
      true,
    )
    assert.throws(() =>
      withFreeLock(lock, () => {
        throw new Error('at work')
      }),
    )
    assert.deepEqual(readdirSync(folder), [])
  })

  it('lets one in at a time, and the next when that one is done', async () => {
    let inside = 0
    const order: number[] = []
    const enter = (number: number) =>
      withLock(lock, async () => {
        inside += 1
        assert.equal(inside, 1)
        await new Promise((resolve) => setImmediate(resolve))
        order.push(number)
        inside -= 1
      })
    await Promise.all([1, 2, 3].map(enter))
    assert.deepEqual(order.sort(), [1, 2, 3])
  })

  it('that somebody keeps is left alone: at once, or when the time is up', async () => {
    writeFileSync(lock, ownIdentity())
    let ran = false
    const run = () => {
      ran = true
    }
    await assert.rejects(withLock(lock, run, { timeoutMs: 0 }), (error: Error) => {
      assert.match(error.message, new RegExp(`\\(pid ${process.pid}\\) is at work on ${lock}$`))
      return true
    })
    const started = performance.now()
    await assert.rejects(withLock(lock, run, { timeoutMs: 60, busy: 'taken' }), { message: 'taken' })
    assert.ok(performance.now() - started >= 55)
    assert.equal(withFreeLock(lock, run), false)
    assert.deepEqual([ran, isDeadLock(lock)], [false, false])
    removeDeadLock(lock)
    assert.equal(readFileSync(lock, 'utf8'), ownIdentity())
  })

  for (const [of, owner] of [
    ['of a process that has died', DEAD],
    ['of a process whose number another has now', REUSED],
    ['that a power failure has left empty', ''],
  ] as const) {
    for (const [form, leave] of FORMS) {
      if (owner === '' && form === 'a symlink') continue
      it(`${of}, ${form}, is broken, and nothing else`, async () => {
        leave(owner, lock)
        assert.deepEqual([isDeadLock(lock), isLocked(lock)], [true, false])
        assert.equal(await withLock(lock, () => readlinkSync(lock), { timeoutMs: 0 }), ownIdentity())
        leave(owner, lock)
        assert.equal(
          withFreeLock(lock, () => {}),
          true,
        )
        leave(owner, lock)
        removeDeadLock(lock)
        assert.deepEqual(readdirSync(folder), [])
        removeDeadLock(lock)
        assert.equal(isDeadLock(lock), false)
      })
    }
  }

  it('that this process holds no more and could not remove is not waited for', async () => {
    const keepFromRemoval = () => {
      rmSync(lock)
      mkdirSync(lock)
    }
    await assert.rejects(withLock(lock, keepFromRemoval))
    rmdirSync(lock)
    for (const [attempt, taken] of [true, false].entries()) {
      symlinkSync(ownIdentity(), lock)
      assert.equal(
        withFreeLock(lock, () => {}),
        taken,
        `attempt ${attempt + 1}`,
      )
    }
  })

  it('that this process could not remove, but somebody else did, is held by one at a time again', async () => {
    await assert.rejects(
      withLock(lock, () => {
        rmSync(lock)
        mkdirSync(lock)
      }),
    )
    rmdirSync(lock)
    const within = await withLock(lock, () => withFreeLock(lock, () => {}))
    assert.equal(within, false)
  })

  it('that another breaks right now is waited for; one who died over that doesn’t stand in the way', async () => {
    writeFileSync(lock, DEAD)
    writeFileSync(`${lock}.break`, ownIdentity())
    assert.equal(
      withFreeLock(lock, () => {}),
      false,
    )
    assert.equal(readFileSync(lock, 'utf8'), DEAD)
    writeFileSync(`${lock}.break`, DEAD)
    // One try is enough.
    assert.equal(await withLock(lock, () => 'in', { timeoutMs: 0 }), 'in')
    assert.deepEqual(readdirSync(folder), [])
  })

  it('of a dead process is held by one at a time, whoever breaks it, also where somebody died over that', async () => {
    const locks = Array.from({ length: 100 }, (_, index) => join(folder, `${index}.lock`))
    for (const [index, path] of locks.entries()) {
      symlinkSync(DEAD, path)
      if (index % 2 === 1) symlinkSync(DEAD, `${path}.break`)
    }
    // They start to race at one moment, when all have been loaded.
    const args = [join(import.meta.dirname, '../support/lock-racer.ts'), `${Date.now() + 1_000}`, ...locks]
    const env = { ...process.env, NODE_V8_COVERAGE: '' }
    const racers = Array.from({ length: 4 }, () => outcome(spawn(process.execPath, args, { env })))
    for (const { code, stdout, stderr } of await Promise.all(racers))
      assert.deepEqual([code, stdout, stderr], [0, '', ''])
    assert.deepEqual(readdirSync(folder), [])
  })
})
