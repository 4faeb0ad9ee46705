import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GrowingLog } from '../../src/agents/log/growing-log.ts'
import { RotatingWriter } from '../../src/agents/log/rotating-writer.ts'
import { logPipe, ROTATED } from '../../src/agents/log/rotation.ts'
import { readTail } from '../../src/agents/log/tail.ts'

describe('a log that is rotated', () => {
  let folder: string
  let log: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'agentvm-rotation-'))
    log = join(folder, 'a.log')
    writeFileSync(join(folder, 'name'), 'a\n')
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  const older = () => `${log}${ROTATED}`
  const rotate = () => renameSync(log, older())
  const lines = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, index) => `${from + index}\n`).join('')
  const tail = async (count: number, raw = false) => {
    const parts: Buffer[] = []
    for await (const part of readTail(log, { lines: count, raw })) parts.push(Buffer.from(part))
    return Buffer.concat(parts).toString()
  }
  const growing = (count: number) => {
    const reader = new GrowingLog(log, { lines: count, raw: true })
    return {
      look: async () => {
        const parts: Buffer[] = []
        for await (const part of reader.added()) parts.push(Buffer.from(part))
        return Buffer.concat(parts).toString()
      },
      close: () => reader.close(),
    }
  }

  it('is read across both parts', async () => {
    writeFileSync(older(), lines(1, 9))
    writeFileSync(log, lines(10, 12))
    assert.equal(await tail(2), lines(11, 12))
    assert.equal(await tail(3), lines(10, 12))
    assert.equal(await tail(5), lines(8, 12))
    assert.equal(await tail(100), lines(1, 12))
    assert.equal(await tail(5, true), lines(8, 12))
  })

  it('is read across a line, and a character, that the rotation cut', async () => {
    writeFileSync(older(), Buffer.concat([Buffer.from('one\ntw'), Buffer.from('€').subarray(0, 1)]))
    writeFileSync(log, Buffer.concat([Buffer.from('€').subarray(1), Buffer.from('o\nthree\n')]))
    assert.equal(await tail(2), 'tw€o\nthree\n')
  })

  it('is read with blocks larger than either part', async () => {
    writeFileSync(older(), lines(1, 30_000))
    writeFileSync(log, lines(30_001, 60_000))
    assert.equal(await tail(45_000), lines(15_001, 60_000))
  })

  it('is read where only the older part is there, or only the newer', async () => {
    writeFileSync(older(), lines(1, 3))
    assert.equal(await tail(2), lines(2, 3))
    writeFileSync(log, '')
    assert.equal(await tail(2), lines(2, 3))
    rmSync(older())
    appendFileSync(log, lines(4, 5))
    assert.equal(await tail(9), lines(4, 5))
  })

  it('is followed without loss or repetition, however it is rotated between two looks', async () => {
    writeFileSync(older(), lines(1, 5))
    writeFileSync(log, lines(6, 9))
    const reader = growing(6)
    assert.equal(await reader.look(), lines(4, 9))
    appendFileSync(log, lines(10, 11))
    rotate()
    writeFileSync(log, lines(12, 13))
    assert.equal(await reader.look(), lines(10, 13))
    appendFileSync(log, lines(14, 15))
    rotate()
    assert.equal(await reader.look(), lines(14, 15))
    writeFileSync(log, lines(16, 17))
    rotate()
    writeFileSync(log, lines(18, 19))
    rotate()
    writeFileSync(log, lines(20, 21))
    assert.equal(
      await reader.look(),
      lines(18, 21),
      'two rotations at once: only what was overwritten is lost',
    )
    appendFileSync(log, lines(22, 22))
    rotate()
    writeFileSync(log, lines(23, 23))
    rotate()
    writeFileSync(log, lines(24, 24))
    assert.equal(await reader.look(), lines(22, 24))
    await reader.close()
  })

  it('is followed when somebody replaces it, without showing the older part again', async () => {
    writeFileSync(older(), lines(1, 5))
    writeFileSync(log, lines(6, 7))
    const reader = growing(1)
    assert.equal(await reader.look(), lines(7, 7))
    rmSync(log)
    writeFileSync(log, 'new\n')
    assert.equal(await reader.look(), 'new\n')
    await reader.close()
  })

  it('is written by a run in parts of the given size', async () => {
    const writer = new RotatingWriter(log, 1000)
    for (let line = 1; line <= 400; line += 1) writer.write(Buffer.from(`${line}\n`))
    writer.close()
    assert.ok(statSync(log).size <= 1000 && statSync(older()).size <= 1000)
    const kept = readFileSync(older(), 'utf8') + readFileSync(log, 'utf8')
    assert.ok(lines(1, 400).endsWith(kept) && kept.length > 1000)
    const free = new RotatingWriter(log, 0)
    free.write(Buffer.alloc(5000))
    free.close()
    assert.ok(statSync(log).size > 5000)
  })

  /** Runs the script of the pane's pipe to its end. */
  const pipe = (input: string, mostBytes: number) => {
    const script = join(folder, 'pipe')
    writeFileSync(script, logPipe({ runDir: folder, logFile: log, mostBytes }))
    const { status, stderr } = spawnSync('/bin/sh', [script], { input, encoding: 'utf8' })
    assert.equal(stderr, '')
    assert.equal(status, 0)
  }

  it('is written by a pane’s pipe in parts of the given size, give or take a block, to the last byte', () => {
    pipe(lines(1, 100_000), 100_000)
    const [size, olderSize] = [statSync(log).size, statSync(older()).size]
    assert.ok(size <= 165_536 && olderSize <= 165_536, `${size} ${olderSize}`)
    const kept = readFileSync(older(), 'utf8') + readFileSync(log, 'utf8')
    assert.ok(kept.endsWith('99999\n100000\n'))
    assert.ok(lines(1, 100_000).endsWith(kept))
    assert.equal(statSync(log).mode & 0o777, 0o600)
  })

  it('keeps everything where it has no bound, or isn’t reached', () => {
    pipe(lines(1, 50_000), 0)
    assert.equal(readFileSync(log, 'utf8'), lines(1, 50_000))
    pipe('more\n', 10_000_000)
    assert.equal(readFileSync(log, 'utf8'), `${lines(1, 50_000)}more\n`)
    assert.ok(!existsSync(older()))
  })

  it('goes on under the agent’s new name', () => {
    pipe('first\n', 4)
    renameSync(log, join(folder, 'b.log'))
    writeFileSync(join(folder, 'name'), 'b\n')
    pipe('second\n', 4)
    const kept = [`b.log${ROTATED}`, 'b.log'].map((name) => readFileSync(join(folder, name), 'utf8'))
    assert.ok(kept.join('').endsWith('second\n'))
    assert.ok(!existsSync(log))
  })
})
