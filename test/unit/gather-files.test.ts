import assert from 'node:assert/strict'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gatherFiles, sweepCopies } from '../../src/policy/gather-files.ts'

describe('settings files of the system', () => {
  let root: string
  let folder: string
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'agentvm-gather-'))
    folder = join(root, 'cache/etc')
  })
  afterEach(() => rmSync(root, { recursive: true }))

  const file = (name: string, content = name) => {
    const source = join(root, name.replaceAll('/', '-'))
    writeFileSync(source, content)
    return { source, target: `/etc/${name}` }
  }
  const system = (...readOnly: { source: string; target: string }[]) => ({
    readOnly: [{ source: '/usr', target: '/usr' }, ...readOnly],
    symlinks: [],
    files: [],
  })
  const pathOf = (readOnly: { source: string; target: string }[]) =>
    readOnly.find(({ target }) => target === '/etc/.agentvm')?.source ?? ''

  it('are links to copies in one folder, whose name stays the same', () => {
    const files = [file('shells'), file('ssl/openssl.cnf')]
    const seen = gatherFiles(system(...files), folder, [])
    assert.deepEqual(
      seen.readOnly.map(({ target }) => target),
      ['/usr', '/etc/.agentvm'],
    )
    assert.deepEqual(seen.symlinks, [
      { path: '/etc/shells', target: '/etc/.agentvm/shells' },
      { path: '/etc/ssl/openssl.cnf', target: '/etc/.agentvm/ssl/openssl.cnf' },
    ])
    assert.equal(readFileSync(join(pathOf(seen.readOnly), 'ssl/openssl.cnf'), 'utf8'), 'ssl/openssl.cnf')
    writeFileSync(files[0]?.source ?? '', 'changed')
    const old = realpathSync(pathOf(seen.readOnly))
    const again = gatherFiles(system(...files), folder, [])
    assert.deepEqual(again, seen)
    assert.equal(readFileSync(join(pathOf(again.readOnly), 'shells'), 'utf8'), 'changed')
    // An agent may still look at it.
    assert.equal(readFileSync(join(old, 'shells'), 'utf8'), 'shells')
  })

  it('stay mounts where they change in place, are large or folders, or another mount lies there', () => {
    mkdirSync(join(root, 'fonts'))
    const mounts = [
      ...[file('hosts'), file('resolv.conf'), file('magic', 'x'.repeat(1024 ** 2 + 1))],
      ...[{ source: join(root, 'fonts'), target: '/etc/fonts' }, file('shells'), file('xdg/menu')],
    ]
    const whole = system(...mounts)
    assert.deepEqual(gatherFiles(whole, folder, ['/etc/shells', '/etc/xdg']), whole)
    assert.ok(!existsSync(folder))
  })

  it('are links to where they lie in a folder that is shown in any case', () => {
    const zone = { source: '/usr/share/zoneinfo/Etc/UTC', target: '/etc/localtime' }
    const { readOnly, symlinks } = gatherFiles(system(zone), folder, [])
    assert.deepEqual(readOnly, system().readOnly)
    assert.deepEqual(symlinks, [{ path: zone.target, target: zone.source }])
  })

  it('are copied as a whole, and what a dead process left is removed', () => {
    const shells = file('shells')
    const missing = { source: join(root, 'gone'), target: '/etc/gone' }
    assert.deepEqual(
      pathOf(gatherFiles(system(shells, missing), folder, []).readOnly),
      join(folder, 'current'),
    )
    mkdirSync(join(folder, 'new-999999-AbCdEf'))
    mkdirSync(join(folder, 'otherboo-1234'))
    sweepCopies(folder)
    assert.equal(readdirSync(folder).length, 3)
    writeFileSync(shells.source, 'changed')
    gatherFiles(system(shells), folder, [])
    assert.ok(!existsSync(join(folder, 'otherboo-1234')))
  })
})
