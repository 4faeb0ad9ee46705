import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findHostFacts } from '../../sandbox/bwrap/src/host-facts.ts'

describe('the facts about the machine', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'agentvm-facts-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  it('name the first bubblewrap of the PATH that can be run', () => {
    for (const name of ['folder', 'text', 'good']) mkdirSync(join(folder, name))
    mkdirSync(join(folder, 'folder', 'bwrap'))
    writeFileSync(join(folder, 'text', 'bwrap'), '', { mode: 0o644 })
    writeFileSync(join(folder, 'good', 'bwrap'), '', { mode: 0o755 })
    const path = [
      '',
      '.',
      'relative',
      ...['none', 'folder', 'text', 'good'].map((name) => join(folder, name)),
    ]
    assert.equal(findHostFacts(path.join(':')).bwrap, join(folder, 'good', 'bwrap'))
  })

  it('find bubblewrap at its usual places without a PATH', () => {
    assert.match(findHostFacts('').bwrap ?? '', /^\/(usr|run)\/.*\/bwrap$/)
  })

  it('name only what this kernel has', () => {
    const { maskedFiles, maskedFolders, readOnlyProc } = findHostFacts('')
    for (const path of [...maskedFiles, ...maskedFolders, ...readOnlyProc]) assert.ok(existsSync(path), path)
    assert.ok(readOnlyProc.includes('/proc/sys'))
  })
})
