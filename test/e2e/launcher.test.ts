import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { print, ROOT } from '../support/cli-installed.ts'

describe('bin/agentvm', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'agentvm launcher-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const version = (program: string, args: string[] = [], path = process.env.PATH ?? '', cwd = folder) =>
    print(program, [...args, 'version'], { PATH: path, HOME: folder }, cwd)

  it('starts through a chain of links, relative ones and ones with spaces', () => {
    mkdirSync(join(folder, 'a b'))
    symlinkSync(join(ROOT, 'bin/agentvm'), join(folder, 'first link'))
    symlinkSync('../first link', join(folder, 'a b', 'agentvm'))
    assert.match(version(join(folder, 'a b', 'agentvm')).stdout, /^agentvm /)
    assert.match(version('agentvm', [], `${join(folder, 'a b')}:${process.env.PATH}`).stdout, /^agentvm /)
    assert.match(version('a b/agentvm').stdout, /^agentvm /)
  })

  it('starts through a link to a folder above it', () => {
    symlinkSync(ROOT, join(folder, 'checkout'))
    assert.match(version(join(folder, 'checkout/bin/agentvm')).stdout, /^agentvm /)
  })

  it('starts by a bare name given to sh', () => {
    assert.match(version('sh', ['agentvm'], process.env.PATH, join(ROOT, 'bin')).stdout, /^agentvm /)
  })

  it('passes every argument on as it is', () => {
    const odd = ['', 'a b', '*', "it's", '"', '$HOME', 'x\ny']
    const { stdout } = print(
      join(ROOT, 'bin/agentvm'),
      ['spawn', 'x', '--dry-run', '--json', '--', 'echo', ...odd],
      { PATH: process.env.PATH ?? '', HOME: folder },
    )
    assert.deepEqual(JSON.parse(stdout).command.slice(-odd.length), odd)
  })

  it('has an entry for development that runs the sources', () => {
    const { code, stdout, stderr } = version(process.execPath, [join(ROOT, 'bin/dev.js')])
    assert.deepEqual([code, stderr], [0, ''])
    assert.match(stdout, /^agentvm /)
  })
})
