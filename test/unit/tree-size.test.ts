import assert from 'node:assert/strict'
import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { linesBackwards } from '../../src/system/lines-backwards.ts'
import { TreeSizer, treeBytes } from '../../src/system/tree-size.ts'

describe('the size of a tree', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'agentvm-size-'))
    mkdirSync(join(folder, 'tree', 'deep', 'er'), { recursive: true })
    writeFileSync(join(folder, 'outside'), 'x'.repeat(10_000))
    writeFileSync(join(folder, 'tree', 'a'), 'x'.repeat(100))
    writeFileSync(join(folder, 'tree', 'deep', 'er', 'b'), 'x'.repeat(20))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  it('is that of its files, without following links', () => {
    symlinkSync(join(folder, 'outside'), join(folder, 'tree', 'l'))
    symlinkSync(folder, join(folder, 'tree', 'up'))
    const { bytes, files, complete } = new TreeSizer(60_000).measure(join(folder, 'tree'))
    const links = join(folder, 'outside').length + folder.length
    assert.deepEqual({ bytes, files, complete }, { bytes: 120 + links, files: 4, complete: true })
  })

  it('counts a file with two names once', () => {
    linkSync(join(folder, 'tree', 'a'), join(folder, 'tree', 'deep', 'a2'))
    assert.equal(treeBytes(join(folder, 'tree')), 120)
  })

  it('of a file is its own, of nothing is 0', () => {
    assert.equal(treeBytes(join(folder, 'outside')), 10_000)
    assert.equal(treeBytes(join(folder, 'nothing')), 0)
  })

  it('says that it isn’t complete when the time is up', () => {
    assert.equal(new TreeSizer(-1).measure(join(folder, 'tree')).complete, false)
  })
})

describe('the lines of a file from its end', () => {
  it('come whole across blocks, with or without a last newline, and without empty ones', () => {
    const folder = mkdtempSync(join(tmpdir(), 'agentvm-lines-'))
    const lines = Array.from({ length: 9_000 }, (_, index) => `${index} ${'ä'.repeat(index % 50)}`)
    for (const end of ['', '\n']) {
      writeFileSync(join(folder, 'f'), lines.join('\n') + end)
      assert.deepEqual([...linesBackwards(join(folder, 'f'))], lines.toReversed())
    }
    assert.deepEqual([...linesBackwards(join(folder, 'missing'))], [])
    rmSync(folder, { recursive: true })
  })
})
