import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { IgnoreRules } from '../../src/workspace/baseline/ignore-rules.ts'
import { until } from '../support/agentvm.ts'
import { TestWorkspace } from '../support/workspace.ts'

describe('a baseline', () => {
  let ws: TestWorkspace
  beforeEach(() => {
    ws = new TestWorkspace()
  })
  afterEach(() => ws.remove())

  it('tells what has been added, changed, deleted, and is silent about the rest', async () => {
    for (const name of ['same', 'changed', 'gone', 'deep/er/one']) ws.write(name, `${name}\n`)
    await ws.take()
    assert.deepEqual(ws.changes(), [])
    ws.write('changed', 'other\n')
    unlinkSync(ws.file('gone'))
    ws.write('deep/new', 'x')
    assert.deepEqual(ws.changes(), ['M changed', 'A deep/new', 'D gone'])
  })

  it('gives back the former content byte by byte, also of files larger than a chunk', async () => {
    const large = Buffer.alloc(3 * 1024 * 1024, 'agentvm\n')
    const contents: Record<string, Buffer> = {
      large,
      small: Buffer.from('a\r\nb\xff'),
      empty: Buffer.alloc(0),
    }
    for (let index = 0; index < 300; index += 1) contents[`n${index}`] = Buffer.alloc(9000, `${index} `)
    for (const [name, content] of Object.entries(contents)) ws.write(name, content)
    await ws.take()
    for (const name of Object.keys(contents)) unlinkSync(ws.file(name))
    const { changes } = ws.compare()
    assert.equal(changes.length, Object.keys(contents).length)
    for (const { path, before } of changes) assert.ok(before?.read()?.equals(contents[path] ?? large), path)
  })

  it('sees a change of the same size whose times were put back', async () => {
    ws.write('f', 'one')
    await ws.take()
    const { atime, mtime } = statSync(ws.file('f'))
    ws.write('f', 'two')
    utimesSync(ws.file('f'), atime, mtime)
    assert.deepEqual(ws.changes(), ['M f'])
  })

  it('is silent about a file that was touched, written anew with the same content, or moved away and back', async () => {
    for (const name of ['touched', 'rewritten', 'moved']) ws.write(name, name)
    await ws.take()
    utimesSync(ws.file('touched'), 1, 1)
    unlinkSync(ws.file('rewritten'))
    ws.write('rewritten', 'rewritten')
    renameSync(ws.file('moved'), ws.file('m'))
    renameSync(ws.file('m'), ws.file('moved'))
    chmodSync(ws.file('touched'), 0o600)
    assert.deepEqual(ws.changes(), [])
  })

  it('sees who may execute a file, and another kind of thing in its place', async () => {
    for (const name of ['mode', 'link', 'fifo', 'folder']) ws.write(name, name)
    await ws.take()
    chmodSync(ws.file('mode'), 0o755)
    for (const name of ['link', 'fifo', 'folder']) unlinkSync(ws.file(name))
    symlinkSync('/etc/shadow', ws.file('link'))
    execFileSync('mkfifo', [ws.file('fifo')])
    ws.write('folder/inside', 'x')
    const { changes } = ws.compare()
    assert.deepEqual(
      changes.map(({ path, before, after }) => [path, before?.mode.toString(8), after?.mode.toString(8)]),
      [
        ['fifo', '100644', '10644'],
        ['folder', '100644', undefined],
        ['folder/inside', undefined, '100644'],
        ['link', '100644', '120777'],
        ['mode', '100644', '100755'],
      ],
    )
    assert.equal(
      changes
        .find(({ path }) => path === 'link')
        ?.after?.read()
        ?.toString(),
      '/etc/shadow',
    )
    assert.equal(changes.find(({ path }) => path === 'fifo')?.after?.read(), undefined)
  })

  it('keeps names that are no text', async () => {
    const name = Buffer.from('\xff\n"\x1b[31m', 'latin1')
    writeFileSync(Buffer.concat([Buffer.from(`${ws.path}/`), name]), 'x')
    await ws.take()
    assert.deepEqual(ws.changes(), [])
    unlinkSync(Buffer.concat([Buffer.from(`${ws.path}/`), name]))
    assert.deepEqual(ws.changes(), ['D \xff\n"\x1b[31m'])
  })

  it('never reads through a symlink, whatever stands in for a folder', async () => {
    ws.write('folder/passwd', 'x')
    await ws.take()
    const { changes } = ws.compare()
    assert.deepEqual(changes, [])
    ws.write('folder/passwd', 'y')
    const [change] = ws.compare().changes
    rmSync(ws.file('folder'), { recursive: true })
    symlinkSync('/etc', ws.file('folder'))
    assert.equal(change?.after?.read(), undefined)
    assert.deepEqual(ws.changes(), ['A folder', 'D folder/passwd'])
  })

  it('looks into nested repositories, and of a repository itself only at what git obeys', async () => {
    ws.write('sub/.git/HEAD', 'ref: refs/heads/main\n')
    ws.write('sub/.git/objects/ab/cd', 'x')
    ws.write('sub/code', 'x')
    await ws.take()
    ws.write('sub/code', 'y')
    ws.write('sub/.git/index', 'x')
    ws.write('sub/.git/objects/ab/ef', 'x')
    ws.write('sub/.git/hooks/pre-commit', 'x')
    ws.write('sub/.git/hooks/pre-push.sample', 'x')
    ws.write('sub/.git/config', 'x')
    ws.write('.git/modules/a/b/config', 'x')
    assert.deepEqual(ws.changes(), [
      'A .git/modules/a/b/config',
      'A sub/.git/config',
      'A sub/.git/hooks/pre-commit',
      'M sub/code',
    ])
  })

  it('leaves out what git ignores, unless it was known before or is asked for', async () => {
    ws.write('build/old.o', 'x')
    ws.write('notes', 'x')
    await ws.take(['build/'])
    ws.write('build/old.o', 'y')
    ws.write('build/new.o', 'x')
    ws.write('notes', 'y')
    ws.write('secret', 'x')
    const ignored = new IgnoreRules(['build/', 'notes', 'secret'])
    assert.deepEqual(ws.changes({ ignored }), ['M notes'])
    assert.deepEqual(ws.changes({ ignored, includeIgnored: true }), [
      'A build/new.o',
      'M build/old.o',
      'M notes',
      'A secret',
    ])
    assert.deepEqual(ws.changes({ ignored, always: (path) => path === 'secret' }), ['M notes', 'A secret'])
  })

  it('goes on over a folder that cannot be read', async () => {
    ws.write('closed/f', 'x')
    ws.write('open', 'x')
    await ws.take()
    chmodSync(ws.file('closed'), 0)
    ws.write('open', 'y')
    try {
      assert.ok(ws.changes().includes('M open'))
      assert.ok(!ws.changes().includes('D closed/f'))
    } finally {
      chmodSync(ws.file('closed'), 0o755)
    }
  })

  it('says that it cannot look where a path is too long, instead of nothing', async () => {
    ws.write('f', 'x')
    await ws.take()
    execFileSync(
      'sh',
      ['-c', 'n=$(printf "%0200d" 0); for i in $(seq 25); do mkdir $n && cd -P $n; done; echo x >hidden'],
      {
        cwd: ws.path,
      },
    )
    try {
      assert.equal(ws.compare().unreadable.length, 1)
    } finally {
      execFileSync('rm', ['-rf', ws.path])
    }
  })

  it('learns the new times of files that were copied, so that the next look is quick again', async () => {
    for (let index = 0; index < 600; index += 1) ws.write(`f${index}`, `${index}`)
    await ws.take()
    for (let index = 0; index < 600; index += 1) {
      copyFileSync(ws.file(`f${index}`), ws.file('copy'))
      renameSync(ws.file('copy'), ws.file(`f${index}`))
    }
    ws.write('f5', 'changed')
    // The look must lie in a later clock tick than the files' times.
    await until(() => Date.now() > statSync(ws.file('f5')).ctimeMs + 40, 'the next tick')
    const first = ws.compare()
    assert.ok(first.refreshed)
    assert.deepEqual(
      first.changes.map(({ path }) => path),
      ['f5'],
    )
    const second = ws.compare()
    assert.equal(second.refreshed, undefined)
    assert.deepEqual(
      second.changes.map(({ path }) => path),
      ['f5'],
    )
    assert.equal(second.changes[0]?.before?.read()?.toString(), '5')
  })

  it('shares the blocks of larger files where the file system can', async () => {
    const shared: string[] = []
    const large = Buffer.alloc(50_000, 'text\n')
    ws.write('large', large)
    ws.write('small', 'small')
    await ws.take([], (from, to) => {
      shared.push(from.toString())
      copyFileSync(from, to)
    })
    assert.deepEqual(shared, [ws.file('large')])
    assert.ok(statSync(join(ws.baseline, 'content')).size < 1000)
    ws.write('large', 'x')
    assert.ok(ws.compare().changes[0]?.before?.read()?.equals(large))
  })

  it('keeps no content of large binary files, but sees that they have changed', async () => {
    const binary = Buffer.alloc(2 * 1024 * 1024, '\0\x01')
    ws.write('binary', binary)
    await ws.take()
    assert.ok(statSync(join(ws.baseline, 'content')).size < 1000)
    assert.deepEqual(ws.changes(), [])
    ws.write('binary', Buffer.alloc(2 * 1024 * 1024, '\0\x02'))
    const [change] = ws.compare().changes
    assert.equal(change?.path, 'binary')
    assert.equal(change?.before?.read(), undefined)
  })

  it('neither reads nor keeps huge files, but sees that they have been touched', async () => {
    ws.write('huge', '')
    truncateSync(ws.file('huge'), 2 ** 40)
    await ws.take()
    assert.deepEqual(ws.changes(), [])
    utimesSync(ws.file('huge'), 1, 1)
    const [change] = ws.compare().changes
    assert.deepEqual(
      [change?.path, change?.after?.hash, change?.after?.read()],
      ['huge', undefined, undefined],
    )
  })

  it('is private, and says so when it is damaged', async () => {
    ws.write('f', 'x')
    mkdirSync(ws.file('empty'))
    await ws.take()
    assert.equal(statSync(ws.baseline).mode & 0o777, 0o700)
    for (const name of readdirSync(ws.baseline)) {
      assert.equal(statSync(join(ws.baseline, name)).mode & 0o777, 0o600, name)
    }
    const manifest = join(ws.baseline, 'manifest')
    writeFileSync(manifest, readFileSync(manifest).subarray(0, -70))
    assert.throws(() => ws.compare(), /is damaged/)
  })
})
